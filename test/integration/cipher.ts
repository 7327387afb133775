import { randomBytes } from 'node:crypto';
import { FieldCipher } from '../../src/records/encryption/field-cipher.js';

export const CIPHER = new FieldCipher({ DATA_KEYS: `test:${randomBytes(32).toString('base64')}` });
