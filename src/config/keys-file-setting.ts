import { existsSync } from 'node:fs';

const ENVIRONMENT_FILE = '.env';

/** Reads only API_KEYS_FILE from the environment or `.env`, for a program that needs no other setting. */
export function readKeysFileSetting(): string | undefined {
  if (existsSync(ENVIRONMENT_FILE)) process.loadEnvFile(ENVIRONMENT_FILE);
  return process.env['API_KEYS_FILE'];
}
