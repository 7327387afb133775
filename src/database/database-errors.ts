/** The database cannot be reached, or did not answer in time. The statement may or may not have been executed. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';

  /** @param because a fixed word, an SQLSTATE or an error code of the operating system, never a message of the database */
  constructor(
    readonly because: string,
    cause?: unknown,
  ) {
    super(`The database is unavailable (${because}).`, cause === undefined ? undefined : { cause });
  }
}

/** The fields of a database error that name things, and never values. */
export interface SqlError {
  readonly code: string;
  readonly message: string;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/**
 * The database refused a statement. The original error is not kept as a cause: its message, detail and parameters
 * quote values, and code that prints an error prints its causes too.
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

/** Messages of class 42 (syntax, names, types, rights) quote only the text of the statement, which never contains a value. */
function describe({ code, message, schema, table, column, constraint }: SqlError): string {
  if (code.startsWith('42')) return `${code}, ${message}`;
  const qualifiedName = [schema, table, column].filter((name) => name !== undefined).join('.');
  return [code, qualifiedName, constraint].filter((part) => part !== undefined && part !== '').join(', ');
}

/**
 * SQLSTATEs that describe the state of the database rather than the statement: connection, statement timeout, shutdown,
 * resources, input and output, credentials, missing database, and a read-only standby.
 */
const UNAVAILABLE = /^(08|53|57|58|28|3D000|25006)/;

const SQL_STATE = /^(?!E)[0-9A-Z]{5}$/;

/** SQLSTATE of a disk that is full. */
export const DISK_FULL = '53100';

/** Maps an error with an SQLSTATE to one of the two classes. */
export function sqlError(error: SqlError): DatabaseUnavailable | StatementFailed {
  return UNAVAILABLE.test(error.code) ? new DatabaseUnavailable(error.code) : new StatementFailed(error);
}

/** Maps any error of a driver to one of the two classes. */
export function databaseError(error: unknown): DatabaseUnavailable | StatementFailed {
  if (error instanceof DatabaseUnavailable || error instanceof StatementFailed) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return new DatabaseUnavailable('connection lost', error);
  if (!SQL_STATE.test(code)) return new DatabaseUnavailable(code, error);
  return sqlError(error as Error & SqlError);
}
