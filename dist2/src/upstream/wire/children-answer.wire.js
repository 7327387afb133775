export {};
//# sourceMappingURL=children-answer.wire.js.map