export {};
//# sourceMappingURL=bulk-answer.wire.js.map