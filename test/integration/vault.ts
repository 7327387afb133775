import { randomBytes } from 'node:crypto';
import { Vault } from '../../src/records/encryption/field-cipher.js';

export const VAULT = new Vault({ DATA_KEYS: `test:${randomBytes(32).toString('base64')}` });
