import { randomBytes } from 'node:crypto';
import { Vault } from '../../src/storage/vault.js';

export const VAULT = new Vault({ DATA_KEYS: `test:${randomBytes(32).toString('base64')}` });
