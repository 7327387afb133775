export {};
//# sourceMappingURL=token.wire.js.map