/** Our bound. An association with 1,000 children and all their fields is smaller. */
export const MAX_LINE_BYTES = 1024 * 1024;
export const LINE_TOO_LONG = [
    { pointer: '', message: `the line is over the limit of ${MAX_LINE_BYTES} bytes` },
];
//# sourceMappingURL=upload-line.js.map