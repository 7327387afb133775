import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';

/** What is stored cannot be read: its key is not configured, or it was changed, moved, or put there by hand. */
export class SealBroken extends Error {
  override readonly name: string = 'SealBroken';

  constructor(
    message: string,
    /** Stands in the log, where no message does. */
    readonly code: 'key-missing' | 'stored-in-plain' | 'sealed-elsewhere',
  ) {
    super(message);
  }
}

/** DATA_KEYS lacks the key with which something stored was sealed. Nothing is lost: with the key it can be read. */
export class KeyMissing extends SealBroken {
  override readonly name = 'KeyMissing';

  constructor(readonly keyId: string) {
    super(`DATA_KEYS has no key ${keyId}, with which something stored was sealed`, 'key-missing');
  }
}

const CIPHER = 'aes-256-gcm';
/** Both as NIST SP 800-38D recommends. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is stored never begins so without a key, and so can be told from what is sealed. */
const MARK = '~';

/** In DATA_KEYS, behind the keys: what was stored before there were any may be read, as if this were an old key. */
const PLAIN = 'plain';

/** Compressing shorter text costs more than it saves. */
const WORTH_DEFLATING = 1000;

/**
 * Encrypts what is stored about people, with the first key of DATA_KEYS; what was stored under another of them can still
 * be read. Without any, text is stored as it is. With one, such text is read only where DATA_KEYS ends with `plain`:
 * nothing in the database could say so, as whoever writes there could say it too.
 *
 * A sealed text is `~<key id>.<d|t>.<base64 of IV, tag and cipher text>`; `d` says that it was deflated before.
 */
@Injectable()
export class Vault {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: readonly [id: string, key: Buffer] | undefined;
  private readonly readsPlain: boolean;

  /** The keys that are only there to read what was stored before; `plain` may be among them. */
  readonly oldKeyIds: readonly string[];

  constructor(@Inject(Settings) { DATA_KEYS }: Pick<Settings, 'DATA_KEYS'>) {
    const parts = (DATA_KEYS ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const entries = parts
      .filter((one) => one !== PLAIN)
      .map((one): [string, Buffer] => {
        const [id = '', key = ''] = one.split(':');
        return [id, Buffer.from(key, 'base64')];
      });
    this.keys = new Map(entries);
    [this.current] = entries;
    this.readsPlain = !this.current || parts.includes(PLAIN);
    this.oldKeyIds = parts.slice(1).map((one) => one.split(':')[0] ?? '');
  }

  /** What begins all that is sealed with the current key. Nothing does without one. */
  get currentMark(): string {
    return `${MARK}${this.current?.[0] ?? ''}.`;
  }

  /** @param place where it is stored: it can be read only there */
  seal(text: string, place: string): string {
    if (!this.current) return text;
    const [id, key] = this.current;
    const isDeflated = text.length >= WORTH_DEFLATING;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([
      cipher.update(isDeflated ? deflateRawSync(text, { level: 1 }) : Buffer.from(text)),
      cipher.final(),
    ]);
    const bytes = Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    return `${MARK}${id}.${isDeflated ? 'd' : 't'}.${bytes.toString('base64')}`;
  }

  /** @throws SealBroken */
  open(stored: string, place: string): string {
    const [where = ''] = place.split(':');
    if (!stored.startsWith(MARK)) {
      if (this.readsPlain) return stored;
      throw new SealBroken(`what is stored at ${where} is not sealed`, 'stored-in-plain');
    }
    const [id = '', form, encoded = ''] = stored.slice(MARK.length).split('.');
    const key = this.keys.get(id);
    if (!key) throw new KeyMissing(id);
    const bytes = Buffer.from(encoded, 'base64');
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return (form === 'd' ? inflateRawSync(opened) : opened).toString();
    } catch {
      throw new SealBroken(
        `what is stored at ${where} was changed or moved, or sealed with another key of the same id`,
        'sealed-elsewhere',
      );
    }
  }
}
