export const ERASURE_EXAMPLES = {
    'unknown-customer': {
        summary: 'An operator erases a customer with two identifiers: 202',
        value: {
            identifiers: [
                { type: 'mobile', value: '910000000000' },
                { type: 'email', value: 'unknown@example.com' },
            ],
        },
    },
};
//# sourceMappingURL=erasure-examples.js.map