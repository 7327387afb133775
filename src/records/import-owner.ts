import { DecryptionFailed, type FieldCipher } from './encryption/field-cipher.js';

/** Of an import: its owner, and the same as it was sealed when the import was made. */
export interface OwnedRow {
  readonly id: string;
  readonly principal: string | null;
  readonly owner: string;
}

/**
 * Where it is sealed whose an import is. Its lines and results are sealed under its id, and so are bound to the owner too,
 * as long as nobody is let to them, and nothing of it is sent, before this is looked at.
 */
export function ownerContext(importId: string): string {
  return `imports:${importId}`;
}

/**
 * The row without what is sealed of it.
 *
 * @throws DecryptionFailed where its owner is not the one who made it
 */
export function withOwner<R extends OwnedRow>(cipher: FieldCipher, { owner, ...row }: R): Omit<R, 'owner'> {
  if (cipher.decrypt(owner, ownerContext(row.id)) === (row.principal ?? '')) return row;
  throw new DecryptionFailed('an import is not that of whoever made it', 'not-authentic');
}
