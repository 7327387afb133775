import { existsSync } from 'node:fs';

const ENVIRONMENT_FILE = '.env';

/** The file of API keys that the environment or `.env` names, for a program that needs none of the other settings. */
export function readKeysFileSetting(): string | undefined {
  if (existsSync(ENVIRONMENT_FILE)) process.loadEnvFile(ENVIRONMENT_FILE);
  return process.env['API_KEYS_FILE'];
}
