export const NONE_KNOWN = new Map();
//# sourceMappingURL=held.js.map