import { fileVariable, readSecretFile, readVariable } from './read-settings.js';
import type { SETTINGS_FROM_FILES } from './settings.js';

/** A setting that a file can contain. */
export type FileSetting = (typeof SETTINGS_FROM_FILES)[number];

/**
 * Reads the file of a secret again.
 *
 * @returns undefined when the secret does not come from a file
 * @throws Error with the mistake, and without the path or the contents of the file
 */
export function readSecretAgain(name: FileSetting): string | undefined {
  const path = readVariable(process.env, fileVariable(name));
  return path === undefined ? undefined : readSecretFile(fileVariable(name), path);
}
