import { DecryptionFailed } from './encryption/field-cipher.js';
/** Selects a `StoredImport` from `meniscus.imports`. */
export const IMPORT_COLUMNS = `id, principal, kind, route, on_invalid as "onInvalid", state, retry_of as "retryOf",
  line_count as "lineCount", total, invalid, updated, rejected, failed, unknown, calls, going_since as "goingSince",
  settled_before as "settledBefore", version, created_at as "createdAt", finished_at as "finishedAt",
  emptied_at as "emptiedAt", (select first_line from meniscus.import_chunks c where c.import_id = imports.id
    and c.state = 'waiting' order by number limit 1) as "firstWaitingLine"`;
/**
 * The encryption context of an import's owner. Lines and results are bound to the id of the import, and through it to the
 * owner, if the owner is verified before a caller reads them and before any of them is sent.
 */
export function ownerContext(importId) {
    return `imports:${importId}`;
}
/**
 * Verifies the owner, and returns the row without the encrypted copy.
 *
 * @throws DecryptionFailed if the principal is not the one who created the import
 */
export function withVerifiedOwner(cipher, { owner, ...row }) {
    if (cipher.decrypt(owner, ownerContext(row.id)) === row.principal)
        return row;
    throw new DecryptionFailed('the principal of an import is not the one who created it', 'not-authentic');
}
//# sourceMappingURL=stored-import.js.map