import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { SETTINGS_FROM_FILES, Settings } from './settings.js';
import { StartupError } from './startup-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

function propertyNames(): string[] {
  const validations = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
  return [...new Set(validations.map((validation) => validation.propertyName))];
}

const fileVariable = (name: string): string => `${name}_FILE`;
const canComeFromFile = (name: string): boolean => SETTINGS_FROM_FILES.some((one) => one === name);

/** The names of all variables that the service reads, in the order of the class. */
export function settingNames(): string[] {
  return propertyNames().flatMap((name) => (canComeFromFile(name) ? [name, fileVariable(name)] : [name]));
}

/**
 * Reads a variable, or the file that it names without the line break that editors put at the end.
 *
 * @throws Error with the mistake, and without a value, a path or the contents of the file
 */
function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name] || undefined;
  const file = (canComeFromFile(name) && environment[fileVariable(name)]) || undefined;
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
 * @throws StartupError listing every mistake at once by name; it shows no value, as it may be a secret
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
  if (mistakes.length > 0) {
    const list = mistakes.map((line) => `  - ${line}`).join('\n');
    throw new StartupError(`The configuration has ${mistakes.length} mistake(s):\n${list}`);
  }
  for (const name of SETTINGS_FROM_FILES) Object.defineProperty(settings, name, { enumerable: false });
  return Object.freeze(settings);
}
