import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
const PREFIX = 'mns_';
const RANDOM_BYTES = 32;
/** 32 random bytes and 4 of their checksum are 48 characters of base64url. */
const SHAPE = /^mns_[\w-]{48}$/;
function checksumOf(random) {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(random));
    return checksum;
}
/** Makes a new API key: `mns_`, 256 random bits and a checksum, so that secret scanners recognize it. */
export function makeKey() {
    const random = randomBytes(RANDOM_BYTES);
    return PREFIX + Buffer.concat([random, checksumOf(random)]).toString('base64url');
}
/** Whether a token has the prefix of our API keys, which no JWT has. */
export function isKeyLike(token) {
    return token.startsWith(PREFIX);
}
/** Whether a token has the format of `makeKey` and a valid checksum; a key that is cut off or mistyped has not. */
export function isKey(token) {
    if (!SHAPE.test(token))
        return false;
    const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
    const random = bytes.subarray(0, RANDOM_BYTES);
    return checksumOf(random).equals(bytes.subarray(RANDOM_BYTES));
}
/** Returns the SHA-256 of a key, which is all that is stored. A key of 256 random bits needs no slower hash. */
export function hashKey(key) {
    return hash('sha256', key, 'buffer');
}
//# sourceMappingURL=api-key.js.map