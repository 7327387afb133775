var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
/** A stored field cannot be decrypted: its key is not configured, or the field was changed, moved, or written by hand. */
export class DecryptionFailed extends Error {
    code;
    name = 'DecryptionFailed';
    constructor(message, 
    /** Logged; the message is not. */
    code) {
        super(message);
        this.code = code;
    }
}
/** DATA_KEYS lacks the key of a stored field. Nothing is lost: the field can be read once the key is configured. */
export class KeyMissing extends DecryptionFailed {
    keyId;
    name = 'KeyMissing';
    constructor(keyId) {
        super(`DATA_KEYS has no key ${keyId}, which encrypted a stored field`, 'key-missing');
        this.keyId = keyId;
    }
}
const ALGORITHM = 'aes-256-gcm';
/** Source: NIST SP 800-38D. */
const IV_BYTES = 12;
/** Source: NIST SP 800-38D. */
const TAG_BYTES = 16;
/** Encrypted text starts with this, and plain text, which is JSON or a name, never does. */
const ENCRYPTED_PREFIX = '~';
/** In DATA_KEYS, after the keys: allows reading fields that were stored before there was a key, like an old key. */
const PLAIN = 'plain';
/** Compressing shorter text costs more than it saves. */
const DEFLATE_FROM_CHARACTERS = 1000;
/**
 * Encrypts personal data in database columns with the first key of DATA_KEYS, and decrypts it with any of them.
 *
 * Each field is bound to a context, the additional authenticated data (AAD) of AES-GCM: it names the row, so that a field
 * that is copied to another row cannot be decrypted there.
 *
 * Without a key, text is stored as it is. With a key, plain text is read only if DATA_KEYS ends with `plain`: a marker in
 * the database could not say so safely, because an attacker who can write fields could write the marker too.
 *
 * Format: `~<key id>.<d|t>.<base64 of IV, tag and cipher text>`; `d` means deflated before the encryption.
 */
let FieldCipher = class FieldCipher {
    keys;
    current;
    readsPlain;
    /** The ids of the keys that only decrypt older fields; `plain` may be among them. */
    oldKeyIds;
    constructor({ DATA_KEYS }) {
        const parts = (DATA_KEYS ?? '')
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== '');
        const entries = parts
            .filter((one) => one !== PLAIN)
            .map((one) => {
            const [id = '', key = ''] = one.split(':');
            return [id, Buffer.from(key, 'base64')];
        });
        this.keys = new Map(entries);
        [this.current] = entries;
        this.readsPlain = !this.current || parts.includes(PLAIN);
        this.oldKeyIds = parts.slice(1).map((one) => one.split(':')[0] ?? '');
    }
    /** The prefix of all text encrypted with the current key. Without a key, no text starts with it. */
    get currentPrefix() {
        return `${ENCRYPTED_PREFIX}${this.current?.[0] ?? ''}.`;
    }
    /** @param context names the row of the field; decryption needs the same context */
    encrypt(text, context) {
        if (!this.current)
            return text;
        const [id, key] = this.current;
        const isDeflated = text.length >= DEFLATE_FROM_CHARACTERS;
        const iv = randomBytes(IV_BYTES);
        const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(context));
        const encrypted = Buffer.concat([
            cipher.update(isDeflated ? deflateRawSync(text, { level: 1 }) : Buffer.from(text)),
            cipher.final(),
        ]);
        const bytes = Buffer.concat([iv, cipher.getAuthTag(), encrypted]);
        return `${ENCRYPTED_PREFIX}${id}.${isDeflated ? 'd' : 't'}.${bytes.toString('base64')}`;
    }
    /** @throws DecryptionFailed */
    decrypt(stored, context) {
        // Only the table is named: the context may contain a principal or a key.
        const [table = ''] = context.split(':');
        if (!stored.startsWith(ENCRYPTED_PREFIX)) {
            if (this.readsPlain)
                return stored;
            throw new DecryptionFailed(`a field of ${table} is not encrypted`, 'not-encrypted');
        }
        const [id = '', form, encoded = ''] = stored.slice(ENCRYPTED_PREFIX.length).split('.');
        const key = this.keys.get(id);
        if (!key)
            throw new KeyMissing(id);
        const bytes = Buffer.from(encoded, 'base64');
        try {
            const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
                authTagLength: TAG_BYTES,
            })
                .setAAD(Buffer.from(context))
                .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
            const decrypted = Buffer.concat([
                decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
                decipher.final(),
            ]);
            return (form === 'd' ? inflateRawSync(decrypted) : decrypted).toString();
        }
        catch {
            throw new DecryptionFailed(`a field of ${table} was changed or moved, or encrypted with another key of the same id`, 'not-authentic');
        }
    }
};
FieldCipher = __decorate([
    Injectable(),
    __param(0, Inject(Settings)),
    __metadata("design:paramtypes", [Object])
], FieldCipher);
export { FieldCipher };
//# sourceMappingURL=field-cipher.js.map