export {};
//# sourceMappingURL=in-flight-call.js.map