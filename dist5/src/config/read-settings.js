import { existsSync, readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { DEFAULT_API_KEYS_FILE, SETTINGS_FROM_FILES, Settings, isNumber, usesJwt } from './settings.js';
import { StartupError } from './startup-error.js';
/** White space around these values has no meaning; a certificate in PEM ends with a line break. */
const TRIMMED_SETTINGS = ['NODE_ENV', 'UPSTREAM_CA'];
/** JavaScript itself would read blanks as 0, which can mean "no limit", and 0x10 as 16. */
const DECIMAL = /^(0|[1-9]\d*)$/;
function propertyNames() {
    const validations = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
    return [...new Set(validations.map((validation) => validation.propertyName))];
}
const fileVariable = (name) => `${name}_FILE`;
const canComeFromFile = (name) => SETTINGS_FROM_FILES.some((one) => one === name);
/** The names of all variables that the service reads, in the order of the class. */
export function settingNames() {
    return propertyNames().flatMap((name) => (canComeFromFile(name) ? [name, fileVariable(name)] : [name]));
}
/**
 * Reads one variable. White space at an end is a mistake, because it is not seen and changes a secret, a path or a host.
 *
 * @returns undefined if it is unset or empty
 * @throws Error with the mistake, and without the value
 */
function readVariable(environment, name) {
    const value = environment[name] || undefined;
    const trimmed = value?.trim();
    if (trimmed === '' || (trimmed !== value && !TRIMMED_SETTINGS.includes(name)))
        throw new Error(`${name} must not be blank, or begin or end with white space`);
    return trimmed;
}
/**
 * Reads the text of a secret. Editors put a byte order mark at the beginning and a line break at the end, which are no
 * part of it.
 *
 * @param name the variable that names the file
 * @throws Error with the mistake, and without the path or the contents of the file
 */
function readSecretFile(name, path) {
    let bytes;
    try {
        bytes = readFileSync(path);
    }
    catch {
        throw new Error(`${name} names a file that cannot be read`);
    }
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
    }
    catch {
        throw new Error(`${name} names a file that is not text in UTF-8`);
    }
    if (text.trim() === '')
        throw new Error(`${name} names a file that is empty or blank`);
    if (text.trim() !== text)
        throw new Error(`${name} names a file that begins or ends with white space; only one line break at its end is allowed`);
    return text;
}
/** @throws Error with the mistake */
function readSetting(environment, name) {
    const value = readVariable(environment, name);
    const path = canComeFromFile(name) ? readVariable(environment, fileVariable(name)) : undefined;
    if (path === undefined)
        return value;
    if (value !== undefined)
        throw new Error(`${name} and ${fileVariable(name)} are both set: leave one out`);
    return readSecretFile(fileVariable(name), path);
}
/**
 * Finds the keys that `npm run keys` created without API_KEYS_FILE. A service with JWTs reads API keys only from a file
 * that API_KEYS_FILE names, so that a key of a former trial opens nothing.
 */
function useDefaultKeysFile(given) {
    if (given['API_KEYS_FILE'] !== undefined || usesJwt(given))
        return;
    if (existsSync(DEFAULT_API_KEYS_FILE))
        given['API_KEYS_FILE'] = DEFAULT_API_KEYS_FILE;
}
/**
 * Reads and checks the environment, and the files that it names. An empty variable counts as unset.
 *
 * @throws StartupError listing every mistake at once by name; it shows no value, as it may be a secret
 */
export function readSettings(environment) {
    const given = {};
    const unread = new Map();
    for (const name of propertyNames()) {
        try {
            const value = readSetting(environment, name);
            if (value !== undefined)
                given[name] = isNumber(name) && DECIMAL.test(value) ? Number(value) : value;
        }
        catch (error) {
            unread.set(name, error.message);
        }
    }
    useDefaultKeysFile(given);
    const settings = plainToInstance(Settings, given, { exposeDefaultValues: true });
    const invalid = validateSync(settings, { stopAtFirstError: true })
        .filter(({ property }) => !unread.has(property))
        .flatMap((error) => Object.values(error.constraints ?? {}));
    const mistakes = [...unread.values(), ...invalid];
    if (mistakes.length > 0) {
        const list = mistakes.map((line) => `  - ${line}`).join('\n');
        throw new StartupError(`The configuration has ${mistakes.length} mistake(s):\n${list}`);
    }
    for (const name of SETTINGS_FROM_FILES)
        Object.defineProperty(settings, name, { enumerable: false });
    return Object.freeze(settings);
}
//# sourceMappingURL=read-settings.js.map