import { randomBytes } from 'node:crypto';
/** AES-256-GCM needs 32 bytes; as base64 they are long enough for LOG_HASH_KEY too. */
const KEY_BYTES = 32;
const freshKey = () => randomBytes(KEY_BYTES).toString('base64');
/** Returns fresh lines for `.env`. The id of the data key is random, so that a key for a rotation has another id than the old one. */
export function printSecrets() {
    const id = `k${randomBytes(4).toString('hex')}`;
    return `DATA_KEYS=${id}:${freshKey()}\nLOG_HASH_KEY=${freshKey()}`;
}
//# sourceMappingURL=print-secrets.js.map