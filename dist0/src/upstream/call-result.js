export {};
//# sourceMappingURL=call-result.js.map