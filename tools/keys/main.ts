import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { addSources, extraSources } from '../../src/config/vendor-enums.js';
import { KeysFileError } from '../../src/security/keys-file.js';
import { KeysCommandError, runKeysCommand } from './keys-command.js';

const ENVIRONMENT_FILE = '.env';

/** Returns API_KEYS_FILE, and makes EXTRA_SOURCES known, from the environment or from `.env`. There is no other setting. */
function fileOfEnvironment(): string | undefined {
  if (existsSync(ENVIRONMENT_FILE)) process.loadEnvFile(ENVIRONMENT_FILE);
  addSources(extraSources(process.env['EXTRA_SOURCES']));
  return process.env['API_KEYS_FILE'];
}

try {
  const { output, note } = runKeysCommand(process.argv.slice(2), fileOfEnvironment());
  process.stdout.write(`${output}\n`);
  if (note !== undefined) process.stderr.write(`${note}\n`);
} catch (error) {
  if (!(error instanceof KeysCommandError || error instanceof KeysFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
