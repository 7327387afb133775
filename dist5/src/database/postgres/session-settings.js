import { DatabaseUnavailable } from '../database-errors.js';
/** What our statements rely on, whatever the server, the database or the user has as its default. */
const SETTINGS = {
    default_transaction_isolation: 'read committed',
    TimeZone: 'UTC',
    DateStyle: 'ISO, YMD',
    search_path: 'public',
    standard_conforming_strings: 'on',
};
const SET = Object.entries(SETTINGS)
    .map(([name, value]) => `select set_config('${name}', '${value}', false)`)
    .join('; ');
const READ = `select ${Object.keys(SETTINGS)
    .map((name) => `current_setting('${name}') as "${name}"`)
    .join(', ')}`;
/**
 * Gives a new connection the settings that our statements rely on. They are sent as statements, because poolers accept
 * few startup parameters.
 *
 * @throws DatabaseUnavailable if the connection does not keep them
 */
export async function setSession(client) {
    await client.query(SET);
    const { rows } = await client.query(READ);
    for (const [name, value] of Object.entries(SETTINGS)) {
        if (rows[0]?.[name] !== value)
            throw new DatabaseUnavailable(`the session does not keep ${name}`);
    }
}
//# sourceMappingURL=session-settings.js.map