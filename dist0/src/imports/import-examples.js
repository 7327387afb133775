/** The examples are JSON, as Swagger UI can send it. For files, NDJSON and CSV are better. */
export const IMPORT_EXAMPLES = {
    'two-customers': {
        summary: 'Two customers as one import: 202',
        value: [
            {
                identifiers: [{ type: 'mobile', value: '919900000001' }],
                firstName: 'Asha',
                lastName: 'Rao',
                loyaltyType: 'loyalty',
            },
            {
                identifiers: [{ type: 'mobile', value: '919900000002' }],
                firstName: 'Ben',
                lastName: 'Okoro',
                loyaltyType: 'loyalty',
            },
        ],
    },
};
//# sourceMappingURL=import-examples.js.map