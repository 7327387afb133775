import { StartupError } from '../../config/startup-error.js';
import { DatabaseUnavailable, StatementFailed, databaseError } from '../database-errors.js';
import { POOLED_BY_TRANSACTION, READ_ONLY, STANDBY } from './check-server.js';
import { SETTINGS_NOT_KEPT } from './session-settings.js';

interface Refusal {
  /** SQLSTATEs, error codes of Node, and our own reasons. An error without any has the code `none`. */
  readonly codes: readonly string[] | RegExp;
  /** What the message has besides, where a code has several causes. The message itself is never printed. */
  readonly says?: RegExp;
  /** Whether the cause may pass by itself, as while the server starts. */
  readonly mayPass?: true;
  /** The cause, and what to set or grant. */
  readonly sentence: string;
}

const SESSION_MODE =
  'A pooler gives connections their session for a transaction only: set `pool_mode = session` for this database (PgBouncer), or name the PostgreSQL server itself in DATABASE_URL';
const GRANT =
  'let an administrator of the database run `CREATE SCHEMA meniscus AUTHORIZATION "USER"; CREATE SCHEMA meniscus_jobs AUTHORIZATION "USER"`, or, if the schemas exist, `GRANT USAGE, CREATE ON SCHEMA meniscus, meniscus_jobs TO "USER"`, and make this user the owner of the tables in them';
const WRONG_CREDENTIALS = 'The database refuses the user or password in DATABASE_URL: correct them';
const NO_DATABASE =
  'The database that DATABASE_URL names does not exist: create it (`CREATE DATABASE`), or correct the name';
const TOO_MANY =
  'The database has no connection left: allow 15 for each instance (`max_connections`, `CONNECTION LIMIT` of the user and the database, or the pool of the pooler)';
const NO_TLS =
  'The server at DATABASE_URL does not offer TLS: turn on `ssl` there, or remove `sslmode` from DATABASE_URL in a trusted network';
const NOT_AUTHORITY =
  'The certificate of the server at DATABASE_URL is from an unknown authority: name the file of its authority with `sslrootcert=` in DATABASE_URL';

/** Why a server cannot be used, and what to do. The first row that fits counts. */
const REFUSALS: readonly Refusal[] = [
  // The user and the host.
  { codes: ['28P01'], sentence: WRONG_CREDENTIALS },
  {
    codes: /^none$/,
    says: /password must be a/,
    sentence: 'DATABASE_URL has no password, but the server asks for one: add it',
  },
  {
    codes: ['28000'],
    says: /no encryption|SSL off/,
    sentence:
      'The server at DATABASE_URL lets this user in from here only with TLS, if at all: add `sslmode=verify-full` to DATABASE_URL, or a line for user, database and host to pg_hba.conf',
  },
  {
    codes: ['28000'],
    sentence:
      'The server at DATABASE_URL does not let this user in from here: create the user with LOGIN, add a line for user, database and host to pg_hba.conf, or name the certificate that it asks for with `sslcert=` and `sslkey=` in DATABASE_URL',
  },
  { codes: ['3D000'], sentence: NO_DATABASE },
  // Rights, and the state of the server.
  {
    // A statement that failed has no message here, so this is the driver's, from before the first statement.
    codes: ['42501'],
    says: /./,
    sentence:
      'The user of DATABASE_URL may not connect to this database: let its administrator run `GRANT CONNECT ON DATABASE "DATABASE" TO "USER"`',
  },
  {
    codes: ['42501'],
    sentence: `The user of DATABASE_URL may not create or use tables in this database: ${GRANT}`,
  },
  {
    codes: [READ_ONLY],
    sentence:
      'The database is read-only for the user of DATABASE_URL: reset `default_transaction_read_only` for the user, the database or the server',
  },
  {
    codes: [STANDBY],
    mayPass: true,
    sentence:
      'The server at DATABASE_URL is a standby, which is read-only: name the primary server, or promote this one',
  },
  { codes: ['53300'], mayPass: true, sentence: TOO_MANY },
  {
    codes: /^53/,
    mayPass: true,
    sentence: 'The server at DATABASE_URL has no disk space or memory left: free some',
  },
  {
    codes: ['57P01', '57P02', '57P03'],
    mayPass: true,
    sentence: 'The server at DATABASE_URL is starting or stopping: start this service again when it is ready',
  },
  // The way to the server.
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    mayPass: true,
    sentence:
      'The host in DATABASE_URL cannot be found: correct its name, or the name service of this machine',
  },
  {
    codes: ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'],
    says: /, (open|read)\b/,
    sentence:
      'A file that DATABASE_URL names as `sslrootcert`, `sslcert` or `sslkey` cannot be read: mount it, and let this user read it',
  },
  {
    codes: ['ECONNREFUSED', 'ENOENT', 'EACCES'],
    mayPass: true,
    sentence:
      'No server accepts connections at the host and port in DATABASE_URL: start it, or correct the address',
  },
  {
    codes: ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
    mayPass: true,
    sentence:
      'The host and port in DATABASE_URL do not answer: correct the address, open the firewall, or give the pool of the pooler 15 connections for each instance',
  },
  {
    codes: /^none$/,
    says: /timeout/,
    mayPass: true,
    sentence:
      'The host and port in DATABASE_URL do not answer: correct the address, open the firewall, or give the pool of the pooler 15 connections for each instance',
  },
  {
    codes: /^(ERR_INVALID_URL|URIError)$/,
    sentence:
      'DATABASE_URL is not a URL: write special characters of user and password as `%` and two hexadecimal digits',
  },
  // TLS.
  { codes: /^none$/, says: /does not support SSL/, sentence: NO_TLS },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    sentence:
      'The certificate of the server at DATABASE_URL has expired or is not valid yet: renew it, or correct the clock',
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    sentence:
      'The certificate of the server at DATABASE_URL is for another host: name the host as its certificate does',
  },
  { codes: /SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|INVALID_CA/, sentence: NOT_AUTHORITY },
  {
    codes: /^ERR_OSSL_/,
    sentence:
      'A file that DATABASE_URL names as `sslrootcert`, `sslcert` or `sslkey` is not the certificate or key that it should be: replace it',
  },
  {
    codes: /^(ERR_SSL_|EPROTO$)/,
    sentence:
      'The server at DATABASE_URL does not agree on TLS: name the certificate that it asks for with `sslcert=` and `sslkey=`, or allow TLS 1.2 or later there',
  },
  // Poolers, which have one code for most of what they refuse.
  { codes: [POOLED_BY_TRANSACTION, SETTINGS_NOT_KEPT, '26000', '42P05'], sentence: SESSION_MODE },
  {
    codes: /^08P01$/,
    says: /startup parameter/,
    sentence:
      'The pooler refuses a startup parameter: remove `options` and other settings of the session from DATABASE_URL',
  },
  { codes: /^08P01$/, says: /pooling mode/, sentence: SESSION_MODE },
  { codes: /^08P01$/, says: /no such database|does not exist/, sentence: NO_DATABASE },
  { codes: /^08P01$/, says: /no such user|authentication failed|auth failed/, sentence: WRONG_CREDENTIALS },
  {
    codes: /^08P01$/,
    says: /SSL required/,
    sentence: 'The pooler takes only TLS: add `sslmode=verify-full` to DATABASE_URL',
  },
  { codes: /^08P01$/, says: /no more connections|query_wait_timeout/, mayPass: true, sentence: TOO_MANY },
  {
    codes: /^08/,
    mayPass: true,
    sentence: 'The pooler or server at DATABASE_URL refuses the connection: its log has the reason',
  },
];

function factsOf(error: unknown): { readonly code: string; readonly message: string } | undefined {
  if (error instanceof StatementFailed) return { code: error.code, message: '' };
  if (error instanceof DatabaseUnavailable) {
    return error.cause === undefined ? { code: error.because, message: '' } : factsOf(error.cause);
  }
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : error instanceof URIError ? error.name : 'none';
  return { code, message: error.message };
}

/**
 * Finds why a server cannot be used.
 *
 * @returns undefined if the error is none of the known ones
 */
export function refusalOf(error: unknown): Refusal | undefined {
  const facts = factsOf(error);
  if (!facts) return undefined;
  const { code, message } = facts;
  return REFUSALS.find(
    ({ codes, says }) =>
      (codes instanceof RegExp ? codes.test(code) : codes.includes(code)) && (says?.test(message) ?? true),
  );
}

/** Explains in one sentence why the service cannot start with its database. */
export function startupErrorOf(error: unknown): StartupError {
  // Where the error is still the driver's, its message has more causes than its code.
  const sentence = refusalOf(error)?.sentence ?? 'The database cannot be used: its log has the reason';
  const known = databaseError(error);
  const code = known instanceof DatabaseUnavailable ? known.because : known.code;
  return new StartupError(`${sentence} (${code}).`, { cause: known });
}

/**
 * Explains a fault of the start that the database caused. A statement that failed for an unknown reason is a fault of the
 * code, and keeps its trace.
 *
 * @returns the error itself if it is of another kind
 */
export function explainDatabaseError(error: unknown): unknown {
  const isRefused = error instanceof StatementFailed && refusalOf(error) !== undefined;
  return isRefused || error instanceof DatabaseUnavailable ? startupErrorOf(error) : error;
}
