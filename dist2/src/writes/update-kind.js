export {};
//# sourceMappingURL=update-kind.js.map