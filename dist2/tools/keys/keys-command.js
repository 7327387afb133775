import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_API_KEYS_FILE } from '../../src/config/settings.js';
import { hashKey, makeKey } from '../../src/security/api-key.js';
import { checkKeys, readKeysFile, writeKeysFile } from '../../src/security/keys-file.js';
import { printSecrets } from './print-secrets.js';
export const USAGE = `Usage: npm run keys -- <command> [--file <path>]

  create --name <name> --scopes <scope,…>   prints the new key, which is never shown again
         [--expires 2027-01-01]             the key expires then, in UTC
         [--sources <source,…>] [--accounts <account,…>] [--programs <id,…>]
         [--max-points-per-enrollment <points>] [--max-points-per-day <points>]
         [--requests-per-second <n>] [--updates-per-second <n>] [--concurrent <n>]
  list                                      prints the keys of the file, without hashes
  revoke --name <name>                      removes the key
  secrets                                   prints fresh lines for DATA_KEYS and LOG_HASH_KEY

Without --file, the command uses the file that API_KEYS_FILE names, in the environment or in .env, and otherwise
${DEFAULT_API_KEYS_FILE}. A running service picks up a change within seconds.`;
const OPTIONS = {
    file: { type: 'string' },
    name: { type: 'string' },
    scopes: { type: 'string' },
    expires: { type: 'string' },
    sources: { type: 'string' },
    accounts: { type: 'string' },
    programs: { type: 'string' },
    'max-points-per-enrollment': { type: 'string' },
    'max-points-per-day': { type: 'string' },
    'requests-per-second': { type: 'string' },
    'updates-per-second': { type: 'string' },
    concurrent: { type: 'string' },
};
/** The command failed; the message says why. */
export class KeysCommandError extends Error {
    name = 'KeysCommandError';
}
const ABOUT_DEFAULT_FILE = `API_KEYS_FILE is not set: the file is ${DEFAULT_API_KEYS_FILE}, which the service reads too, unless it is set up for JWTs.`;
const ABOUT_SECRETS = 'Add the lines to .env or to your secrets, and keep a copy of DATA_KEYS: without it, stored data cannot be read.';
const words = (list) => list.split(',').map((word) => word.trim());
/** Turns a date into its first moment in UTC. */
const momentOf = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
/** Drops the options that were not given. */
function given(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
/** Reads decimal digits only: JavaScript would read blanks as 0, and 0x10 as 16. The check of the file refuses NaN. */
const numberOf = (text) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
function read(option, as) {
    return option === undefined ? undefined : as(option);
}
function recordOf(options, hash) {
    const limits = given({
        requestsPerSecond: read(options['requests-per-second'], numberOf),
        updatesPerSecond: read(options['updates-per-second'], numberOf),
        concurrent: read(options.concurrent, numberOf),
    });
    return given({
        name: options.name,
        hash,
        scopes: words(options.scopes ?? ''),
        expiresAt: read(options.expires, momentOf),
        sources: read(options.sources, words),
        accounts: read(options.accounts, words),
        programs: read(options.programs, (list) => words(list).map(numberOf)),
        maxPointsPerEnrollment: read(options['max-points-per-enrollment'], numberOf),
        maxPointsPerDay: read(options['max-points-per-day'], numberOf),
        limits: Object.keys(limits).length > 0 ? limits : undefined,
    });
}
function create(path, options) {
    const key = makeKey();
    const before = existsSync(path) ? readKeysFile(path) : [];
    const record = recordOf(options, hashKey(key).toString('hex'));
    writeKeysFile(path, checkKeys({ keys: [...before, record] }));
    return { output: key, note: 'The key is shown only once; the file stores its hash.' };
}
function revoke(path, { name }) {
    const before = readKeysFile(path);
    const after = before.filter((key) => key.name !== name);
    if (after.length === before.length)
        throw new KeysCommandError('There is no key with this name.');
    writeKeysFile(path, after);
    return { output: 'The key is revoked. A running service rejects it within seconds.' };
}
function describe({ hash: _hash, name, scopes, ...others }) {
    const bounds = JSON.stringify(others);
    return `${name}  ${scopes.join(',')}${bounds === '{}' ? '' : `  ${bounds}`}`;
}
function runOnFile(command, path, options) {
    switch (command) {
        case 'create':
            return create(path, options);
        case 'list':
            return { output: readKeysFile(path).map(describe).join('\n') };
        case 'revoke':
            return revoke(path, options);
        case undefined:
        default:
            throw new KeysCommandError(USAGE);
    }
}
/**
 * Runs one command of `npm run keys`.
 *
 * @param args the arguments of the command line
 * @param fileOfEnvironment API_KEYS_FILE; unset or empty for the file that the service reads by default
 * @throws KeysCommandError or KeysFileError, with a message for the operator
 */
export function runKeysCommand(args, fileOfEnvironment) {
    const [command, options] = parse(args);
    if (command === 'secrets')
        return { output: printSecrets(), note: ABOUT_SECRETS };
    const path = options.file ?? (fileOfEnvironment || DEFAULT_API_KEYS_FILE);
    if (path === '' || path.trim() !== path)
        throw new KeysCommandError('The name of the file of keys must not be blank, or begin or end with white space.');
    const printed = runOnFile(command, path, options);
    if (options.file !== undefined || fileOfEnvironment)
        return printed;
    return { ...printed, note: [printed.note, ABOUT_DEFAULT_FILE].filter(Boolean).join('\n') };
}
function parse(args) {
    try {
        const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
        return [positionals.length === 1 ? positionals[0] : undefined, values];
    }
    catch (error) {
        throw new KeysCommandError(`${error.message}\n\n${USAGE}`);
    }
}
//# sourceMappingURL=keys-command.js.map