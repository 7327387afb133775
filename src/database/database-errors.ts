/** The database cannot be reached, or did not answer in time. What was asked may or may not have been done. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';

  /** @param because a fixed word, an SQLSTATE or a code of the operating system: never a text of the database */
  constructor(
    readonly because: string,
    cause?: unknown,
  ) {
    super(`The database is unavailable (${because}).`, cause === undefined ? undefined : { cause });
  }
}

/** What a database tells of an error, as far as it names things and not values. */
export interface SqlError {
  readonly code: string;
  readonly message: string;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/**
 * The database refused a statement. The original is not kept as a cause: its message, detail and parameters quote
 * values, and whoever prints an error prints its causes.
 */
export class StatementFailed extends Error {
  override readonly name = 'StatementFailed';
  /** SQLSTATE; https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;

  constructor(error: SqlError) {
    super(`The database refused a statement: ${describe(error)}.`);
    this.code = error.code;
    this.table = error.table;
    this.constraint = error.constraint;
  }
}

/** Messages of class 42 (syntax, names, types, rights) speak of the statement's text, in which no value ever stands. */
function describe({ code, message, schema, table, column, constraint }: SqlError): string {
  if (code.startsWith('42')) return `${code}, ${message}`;
  const place = [schema, table, column].filter((name) => name !== undefined).join('.');
  return [code, place, constraint].filter((part) => part !== undefined && part !== '').join(', ');
}

/**
 * SQLSTATEs that say more of the database than of the statement: connection, cancelled for its length, shutting down,
 * resources, input and output, credentials, no such database, and a standby that does not write.
 */
const UNAVAILABLE = /^(08|53|57|58|28|3D000|25006)/;

const SQL_STATE = /^(?!E)[0-9A-Z]{5}$/;

/** Refused because of how the service was set up: trying again does not help. */
export function isRefusedForGood(error: unknown): boolean {
  return error instanceof DatabaseUnavailable && /^(28|3D000)/.test(error.because);
}

/** Puts any error of a driver into one of the two classes. */
export function databaseError(error: unknown): DatabaseUnavailable | StatementFailed {
  if (error instanceof DatabaseUnavailable || error instanceof StatementFailed) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return new DatabaseUnavailable('connection lost', error);
  if (!SQL_STATE.test(code)) return new DatabaseUnavailable(code, error);
  if (UNAVAILABLE.test(code)) return new DatabaseUnavailable(code);
  return new StatementFailed(error as Error & SqlError);
}
