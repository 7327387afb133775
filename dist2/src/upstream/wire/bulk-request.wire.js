export {};
//# sourceMappingURL=bulk-request.wire.js.map