/** The encryption context of an answer's body. */
export function answerContext({ principal, endpoint, key }) {
    return `idempotency_records:${JSON.stringify([principal, endpoint, key])}`;
}
//# sourceMappingURL=idempotency-record.js.map