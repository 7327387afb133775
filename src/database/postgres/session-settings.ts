import type { ClientBase } from 'pg';
import { DatabaseUnavailable } from '../database-errors.js';

/** What our statements rely on, whatever the server, the database or the user has as its default. */
const SETTINGS = {
  default_transaction_isolation: 'read committed',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  search_path: 'public',
  standard_conforming_strings: 'on',
};

/** Limits that the server itself keeps, in milliseconds; 0 is no limit. */
export interface SessionLimits {
  readonly statement_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
}

export const NO_LIMITS: SessionLimits = { statement_timeout: 0, idle_in_transaction_session_timeout: 0 };

/** Why a connection is not used if its settings have vanished by the next statement. */
export const SETTINGS_NOT_KEPT = 'the session does not keep its settings';

/**
 * Gives a new connection the settings that our statements rely on. They are sent as statements, because poolers accept
 * few startup parameters.
 *
 * @throws DatabaseUnavailable if the connection does not keep them
 */
export async function setSession(client: Pick<ClientBase, 'query'>, limits: SessionLimits): Promise<void> {
  const settings = Object.entries({ ...SETTINGS, ...limits });
  const set = settings.map(([name, value]) => `set_config('${name}', '${value}', false) as "${name}"`);
  const read = settings.map(([name]) => `current_setting('${name}') as "${name}"`);
  // `set_config` returns each value as the server writes it, such as `5s` for 5000.
  const wanted = await client.query<Record<string, string>>(`select ${set.join(', ')}`);
  const found = await client.query<Record<string, string>>(`select ${read.join(', ')}`);
  for (const [name] of settings) {
    if (found.rows[0]?.[name] !== wanted.rows[0]?.[name]) throw new DatabaseUnavailable(SETTINGS_NOT_KEPT);
  }
}
