import { acceptedResponse } from './accepted-response.js';
/** Returns the options of a request. Its response is stored in the same transaction as the import, and points need a key. */
export function importOptions({ hasKey, keep }, settings) {
    return {
        mayCreditPoints: hasKey || settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false',
        maxOpen: settings.IMPORT_MAX_OPEN,
        onAccepted: (tx, accepted) => keep(tx, acceptedResponse(accepted)),
    };
}
//# sourceMappingURL=import-options.js.map