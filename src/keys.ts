import 'reflect-metadata';
import { readKeysFileSetting } from './config/keys-file-setting.js';
import { KeysCommandError, runKeysCommand } from './security/keys-command.js';
import { KeysFileError } from './security/keys-file.js';

try {
  const { output, note } = runKeysCommand(process.argv.slice(2), readKeysFileSetting());
  process.stdout.write(`${output}\n`);
  if (note !== undefined) process.stderr.write(`${note}\n`);
} catch (error) {
  if (!(error instanceof KeysCommandError || error instanceof KeysFileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
