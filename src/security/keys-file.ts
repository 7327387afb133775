import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { IsIn, Matches } from 'class-validator';
import { Check, NestedList, Optional, validateAs } from '../validation/validate-as.js';
import { SCOPES, type Scope } from './scopes.js';
import { BoundsRecord, List } from './bounds-record.js';

/** Every request is compared with every key. */
const MAX_KEYS = 1000;

/** No '@' and no '+': a name is logged, so it must not look like an e-mail address or a phone number. */
const NAME = /^(?=.*[A-Za-z])[\w.-]{1,64}$/;

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** One API key in the file: everything but the key itself. */
export class KeyRecord extends BoundsRecord {
  @Matches(NAME, { message: 'must be 1 to 64 of A-Z a-z 0-9 _ . -, with a letter among them' })
  readonly name: string;

  /** SHA-256 of the key, in hexadecimal. */
  @Matches(/^[\da-f]{64}$/, { message: 'must be 64 lower-case hexadecimal digits' })
  readonly hash: string;

  @List()
  @IsIn(SCOPES, { each: true })
  readonly scopes: readonly Scope[];

  /** When the key expires, such as 2027-01-01T00:00:00Z. */
  @Optional()
  @Check((value) =>
    typeof value === 'string' && MOMENT.test(value) && !Number.isNaN(Date.parse(value))
      ? []
      : [{ pointer: '', code: 'format', message: 'must be a moment in UTC, such as 2027-01-01T00:00:00Z' }],
  )
  readonly expiresAt?: string;
}

function repeatedIn(keys: readonly KeyRecord[], property: 'name' | 'hash'): string[] {
  const seen = new Set<string>();
  return keys.flatMap(({ [property]: value }, index) => {
    if (seen.has(value)) return [`/keys/${index}/${property} is a duplicate`];
    seen.add(value);
    return [];
  });
}

class KeysDocument {
  @NestedList(() => KeyRecord, { min: 0, max: MAX_KEYS })
  readonly keys: KeyRecord[];
}

/** The file of API keys is not usable; no mistake shows a value. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError';

  constructor(readonly mistakes: readonly string[]) {
    super(`The file of API keys cannot be used:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'an unknown fault' } = error as NodeJS.ErrnoException;
    throw new KeysFileError([`it cannot be read (${code})`]);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeysFileError(['it is not JSON']); // the message of the parser quotes the file
  }
}

/**
 * Validates the contents of a file of API keys.
 *
 * @throws KeysFileError naming every mistake at once
 */
export function checkKeys(given: unknown): readonly KeyRecord[] {
  const document = validateAs(KeysDocument, given);
  if ('mistakes' in document) {
    throw new KeysFileError(document.mistakes.map(({ pointer = '', message }) => `${pointer} ${message}`));
  }
  const { keys } = document.value;
  const repeated = [...repeatedIn(keys, 'name'), ...repeatedIn(keys, 'hash')];
  if (repeated.length > 0) throw new KeysFileError(repeated);
  return keys;
}

/**
 * Reads the file of API keys: `{ "keys": [{ "name": "app", "hash": "9f86…", "scopes": ["customers:write"] }] }`.
 *
 * @throws KeysFileError naming every mistake at once
 */
export function readKeysFile(path: string): readonly KeyRecord[] {
  return checkKeys(parse(readText(path)));
}

/** Gives a draft the owner and the mode of the file that it replaces, because the service may run as another user. */
function copyOwnerAndMode(path: string, draft: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  if (!before) return;
  try {
    chownSync(draft, before.uid, before.gid);
    chmodSync(draft, before.mode & 0o777);
  } catch {
    throw new KeysFileError(['it belongs to another user: change it as that user, or as root']);
  }
}

/**
 * Writes the file atomically; only the owner can read a new one.
 *
 * @throws KeysFileError if the service could no longer read the file
 */
export function writeKeysFile(path: string, keys: readonly KeyRecord[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flush: true });
    copyOwnerAndMode(path, draft);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
