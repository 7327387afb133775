var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, } from 'node:fs';
import { dirname } from 'node:path';
import { IsIn, Matches } from 'class-validator';
import { Check, NestedList, Optional, validateAs } from '../validation/validate-as.js';
import { SCOPES } from './scopes.js';
import { BoundsRecord, List } from './bounds-record.js';
/** Every request is compared with every key. */
const MAX_KEYS = 1000;
/** No '@' and no '+': a name is logged, so it must not look like an e-mail address or a phone number. */
const NAME = /^(?=.*[A-Za-z])[\w.-]{1,64}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
/** One API key in the file: everything but the key itself. */
export class KeyRecord extends BoundsRecord {
    name;
    /** SHA-256 of the key, in hexadecimal. */
    hash;
    scopes;
    /** When the key expires, such as 2027-01-01T00:00:00Z. */
    expiresAt;
}
__decorate([
    Matches(NAME, { message: 'must be 1 to 64 of A-Z a-z 0-9 _ . -, with a letter among them' }),
    __metadata("design:type", String)
], KeyRecord.prototype, "name", void 0);
__decorate([
    Matches(/^[\da-f]{64}$/, { message: 'must be 64 lower-case hexadecimal digits' }),
    __metadata("design:type", String)
], KeyRecord.prototype, "hash", void 0);
__decorate([
    List(),
    IsIn(SCOPES, { each: true }),
    __metadata("design:type", Array)
], KeyRecord.prototype, "scopes", void 0);
__decorate([
    Optional(),
    Check((value) => typeof value === 'string' && MOMENT.test(value) && !Number.isNaN(Date.parse(value))
        ? []
        : [{ pointer: '', message: 'must be a moment in UTC, such as 2027-01-01T00:00:00Z' }]),
    __metadata("design:type", String)
], KeyRecord.prototype, "expiresAt", void 0);
function repeatedIn(keys, property) {
    const seen = new Set();
    return keys.flatMap(({ [property]: value }, index) => {
        if (seen.has(value))
            return [`/keys/${index}/${property} is a duplicate`];
        seen.add(value);
        return [];
    });
}
class KeysDocument {
    keys;
}
__decorate([
    NestedList(() => KeyRecord, { min: 0, max: MAX_KEYS }),
    __metadata("design:type", Array)
], KeysDocument.prototype, "keys", void 0);
/** The file of API keys is not usable; no mistake shows a value. */
export class KeysFileError extends Error {
    mistakes;
    name = 'KeysFileError';
    constructor(mistakes) {
        super(`The file of API keys cannot be used:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
        this.mistakes = mistakes;
    }
}
function readText(path) {
    try {
        return readFileSync(path, 'utf8');
    }
    catch (error) {
        const { code = 'an unknown fault' } = error;
        throw new KeysFileError([`it cannot be read (${code})`]);
    }
}
function parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        throw new KeysFileError(['it is not JSON']); // the message of the parser quotes the file
    }
}
/**
 * Validates the contents of a file of API keys.
 *
 * @throws KeysFileError naming every mistake at once
 */
export function checkKeys(given) {
    const document = validateAs(KeysDocument, given);
    if ('mistakes' in document) {
        throw new KeysFileError(document.mistakes.map(({ pointer = '', message }) => `${pointer} ${message}`));
    }
    const { keys } = document.value;
    const repeated = [...repeatedIn(keys, 'name'), ...repeatedIn(keys, 'hash')];
    if (repeated.length > 0)
        throw new KeysFileError(repeated);
    return keys;
}
/**
 * Reads the file of API keys: `{ "keys": [{ "name": "app", "hash": "9f86…", "scopes": ["customers:write"] }] }`.
 *
 * @throws KeysFileError naming every mistake at once
 */
export function readKeysFile(path) {
    return checkKeys(parse(readText(path)));
}
/** Gives a draft the owner and the mode of the file that it replaces, because the service may run as another user. */
function copyOwnerAndMode(path, draft) {
    const before = statSync(path, { throwIfNoEntry: false });
    if (!before)
        return;
    try {
        chownSync(draft, before.uid, before.gid);
        chmodSync(draft, before.mode & 0o777);
    }
    catch {
        throw new KeysFileError(['it belongs to another user: change it as that user, or as root']);
    }
}
/**
 * Writes the file atomically; only the owner can read a new one.
 *
 * @throws KeysFileError if the service could no longer read the file
 */
export function writeKeysFile(path, keys) {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    try {
        writeFileSync(draft, `${JSON.stringify({ keys }, null, 2)}\n`, { mode: 0o600, flush: true });
        copyOwnerAndMode(path, draft);
        renameSync(draft, path);
    }
    catch (error) {
        rmSync(draft, { force: true });
        throw error;
    }
}
//# sourceMappingURL=keys-file.js.map