import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { Settings } from './settings.js';

/** The environment cannot be used; the message lists every mistake by name and shows no value, as it may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
}

/** The names of all variables that the service reads, in the order of the class. */
export function settingNames(): string[] {
  const validations = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
  return [...new Set(validations.map((validation) => validation.propertyName))];
}

/**
 * Reads and checks the environment. An empty variable counts as unset.
 *
 * @throws SettingsError naming every mistake at once
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = settingNames().flatMap((name) => (environment[name] ? [[name, environment[name]]] : []));
  const settings = plainToInstance(Settings, Object.fromEntries(given), { exposeDefaultValues: true });
  const mistakes = validateSync(settings, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return Object.freeze(settings);
}
