import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { SETTINGS_FROM_FILES, Settings } from './settings.js';

/** The environment cannot be used; the message lists every mistake by name and shows no value, as it may be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
    );
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

function propertyNames(): string[] {
  const validations = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
  return [...new Set(validations.map((validation) => validation.propertyName))];
}

const fileVariable = (name: string): string => `${name}_FILE`;
const mayStandInFile = (name: string): boolean => SETTINGS_FROM_FILES.some((one) => one === name);

/** The names of all variables that the service reads, in the order of the class. */
export function settingNames(): string[] {
  return propertyNames().flatMap((name) => (mayStandInFile(name) ? [name, fileVariable(name)] : [name]));
}

/**
 * The value of a variable, or what its file holds without the line break that editors put at its end.
 *
 * @throws Error saying what is wrong, without a value, a path or what stands there
 */
function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name] || undefined;
  const file = (mayStandInFile(name) && environment[fileVariable(name)]) || undefined;
  if (file === undefined) return value;
  if (value !== undefined) throw new Error(`${name} and ${fileVariable(name)} are both set: leave one out`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch {
    throw new Error(`${fileVariable(name)} names a file that cannot be read`);
  }
}

/**
 * Reads and checks the environment, and the files that it names. An empty variable counts as unset.
 *
 * @throws SettingsError naming every mistake at once
 */
export function readSettings(environment: Environment): Settings {
  const given: Record<string, string> = {};
  const unread = new Map<string, string>();
  for (const name of propertyNames()) {
    try {
      const value = readVariable(environment, name);
      if (value !== undefined) given[name] = value;
    } catch (error) {
      unread.set(name, (error as Error).message);
    }
  }
  const settings = plainToInstance(Settings, given, { exposeDefaultValues: true });
  const invalid = validateSync(settings, { stopAtFirstError: true })
    .filter(({ property }) => !unread.has(property))
    .flatMap((error) => Object.values(error.constraints ?? {}));
  const mistakes = [...unread.values(), ...invalid];
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  for (const name of SETTINGS_FROM_FILES) Object.defineProperty(settings, name, { enumerable: false });
  return Object.freeze(settings);
}
