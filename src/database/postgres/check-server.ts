import { Client, type ClientConfig } from 'pg';
import { DatabaseUnavailable } from '../database-errors.js';

export const POOLED_BY_TRANSACTION = 'pooled by transaction';
export const STANDBY = 'standby';
export const READ_ONLY = '25006';

/** A pooler that gives several backends to a client takes turns, or is disturbed by others, so one round may prove nothing. */
const ROUNDS = 5;

type Session = Pick<Client, 'query'>;

/** The start of a backend belongs to it, because servers behind one address may have a backend of the same number. */
const BACKEND = `select pid || ' ' || backend_start as backend from pg_stat_activity where pid = pg_backend_pid()`;

async function backendOf(session: Session): Promise<string | undefined> {
  const { rows } = await session.query<{ backend: string }>(BACKEND);
  return rows[0]?.backend;
}

/**
 * Refuses a pooler that gives a client its backend for a transaction or a statement only. Settings of the session,
 * prepared statements and notifications need it for as long as the client is connected. Then each of two connected
 * clients has one backend, and not the other's: nothing else passes, and with session pooling nothing else can happen.
 *
 * @throws DatabaseUnavailable if a backend was seen that is not the client's own
 */
export async function refuseTransactionPooling(one: Session, other: Session): Promise<void> {
  const seen: (string | undefined)[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each statement finds the backend that the one before has freed
    seen.push([await backendOf(one), await backendOf(other)]);
  }
  const [ofOne, ofOther] = seen[0] ?? [];
  const isKept = seen.every(([first, second]) => first === ofOne && second === ofOther);
  if (!isKept || ofOne === ofOther) throw new DatabaseUnavailable(POOLED_BY_TRANSACTION);
}

/**
 * Refuses a session that cannot write: a standby, which becomes writable when it is promoted, and a database or user that
 * is read-only by its settings, and stays so.
 *
 * @throws DatabaseUnavailable
 */
export async function refuseReadOnly(session: Session): Promise<void> {
  const { rows } = await session.query<{ readOnly: string; isStandby: boolean }>(
    `select current_setting('transaction_read_only') as "readOnly", pg_is_in_recovery() as "isStandby"`,
  );
  const [found] = rows;
  if (found?.isStandby) throw new DatabaseUnavailable(STANDBY);
  if (found?.readOnly === 'on') throw new DatabaseUnavailable(READ_ONLY);
}

/**
 * Connects for a moment, and checks that the server can be written to and keeps a session for each connection.
 *
 * @throws DatabaseUnavailable if not, or the error of the driver
 */
export async function checkServer(connection: ClientConfig): Promise<void> {
  const clients = [new Client(connection), new Client(connection)] as const;
  // The statement that fails reports the error.
  for (const client of clients) client.on('error', () => undefined);
  try {
    const [one, other] = clients;
    await one.connect();
    await refuseReadOnly(one);
    await other.connect();
    await refuseTransactionPooling(one, other);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}
