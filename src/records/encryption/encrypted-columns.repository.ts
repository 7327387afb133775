import { Injectable } from '@nestjs/common';
import { payloadContext } from '../credits.repository.js';
import { Database } from '../../database/database.js';
import { identifiersContext } from '../erasures.repository.js';
import { answerContext } from '../idempotency-record.js';
import { csvContext } from '../import-csv.repository.js';
import { ownerContext } from '../stored-import.js';
import { chunkContext } from '../import-rows.repository.js';
import { blockContext } from '../import-results.js';
import { KeyMissing, DecryptionFailed, FieldCipher } from './field-cipher.js';

type Key = string | number;

/** One encrypted column. */
interface EncryptedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key: name, type, and a value less than any that is stored. */
  readonly keys: readonly (readonly [name: string, type: 'uuid' | 'int' | 'text', least: Key])[];
  /** Columns beside the primary key that the context contains. */
  readonly extraColumns?: readonly string[];
  /** Builds the context from the primary key and the extra columns; null is passed as an empty string. */
  readonly context: (...of: string[]) => string;
  /** Rows that one step reads and writes: few, so that requests do not wait for the database. */
  readonly rowsPerStep: number;
}

const NO_UUID = '00000000-0000-0000-0000-000000000000';

const ENCRYPTED_COLUMNS: readonly EncryptedColumn[] = [
  {
    table: 'imports',
    column: 'owner',
    keys: [['id', 'uuid', NO_UUID]],
    context: (id = '') => ownerContext(id),
    rowsPerStep: 100,
  },
  {
    table: 'imports',
    column: 'csv',
    keys: [['id', 'uuid', NO_UUID]],
    context: (id = '') => csvContext(id),
    rowsPerStep: 100,
  },
  {
    table: 'import_chunks',
    column: 'payload',
    keys: [
      ['import_id', 'uuid', NO_UUID],
      ['number', 'int', -1],
    ],
    context: (id = '', number) => chunkContext(id, Number(number)),
    rowsPerStep: 5,
  },
  {
    table: 'import_results',
    column: 'results',
    keys: [
      ['import_id', 'uuid', NO_UUID],
      ['number', 'int', -1],
      ['first_line', 'int', -1],
    ],
    context: (id = '', number, firstLine) => blockContext(id, Number(number), Number(firstLine)),
    rowsPerStep: 5,
  },
  {
    table: 'idempotency_records',
    column: 'body',
    keys: [
      ['principal', 'text', ''],
      ['endpoint', 'text', ''],
      ['key', 'text', ''],
    ],
    context: (principal = '', endpoint = '', key = '') => answerContext({ principal, endpoint, key }),
    rowsPerStep: 20,
  },
  {
    table: 'credits',
    column: 'payload',
    keys: [['id', 'text', '']],
    extraColumns: ['principal', 'points'],
    context: (id = '', principal = '', points = '') => payloadContext({ id, principal, points }),
    rowsPerStep: 100,
  },
  {
    table: 'erasures',
    column: 'identifiers',
    keys: [['id', 'uuid', NO_UUID]],
    context: (id = '') => identifiersContext(id),
    rowsPerStep: 100,
  },
];

/** The result of a walk over all encrypted columns. */
export interface Reencryption {
  /** Rows that this walk encrypted with the current key. */
  readonly reencryptedCount: number;
  /** Rows that cannot be decrypted; they are left as they are. */
  readonly unreadableCount: number;
  /** Keys that DATA_KEYS lacks for some of these. */
  readonly missingKeys: readonly string[];
}

interface Row {
  readonly key: Key[];
  readonly context: string;
  /** Null if the row is empty, or encrypted with the current key. */
  readonly stored: string | null;
}

/** Re-encrypts all encrypted columns. */
@Injectable()
export class EncryptedColumnsRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * Encrypts with the current key every row that is not, in small steps.
   *
   * @param isStopped called between two steps
   */
  async reencrypt(isStopped: () => boolean): Promise<Reencryption> {
    let reencryptedCount = 0;
    let unreadableCount = 0;
    const missingKeys = new Set<string>();
    for (const column of ENCRYPTED_COLUMNS) {
      let after: Key[] | undefined = column.keys.map(([, , least]) => least);
      while (after && !isStopped()) {
        // oxlint-disable-next-line no-await-in-loop -- in small steps
        const page = await this.read(column, after);
        const rows = page.flatMap(({ key, context, stored }) => {
          if (stored === null) return [];
          try {
            const text = this.cipher.decrypt(stored, context);
            return [{ key, stored, encrypted: this.cipher.encrypt(text, context) }];
          } catch (error) {
            if (!(error instanceof DecryptionFailed)) throw error;
            unreadableCount += 1;
            if (error instanceof KeyMissing) missingKeys.add(error.keyId);
            return [];
          }
        });
        // oxlint-disable-next-line no-await-in-loop -- in small steps
        reencryptedCount += rows.length === 0 ? 0 : await this.write(column, rows);
        after = page.at(-1)?.key;
      }
    }
    return { reencryptedCount, unreadableCount, missingKeys: [...missingKeys] };
  }

  private async read(encryptedColumn: EncryptedColumn, after: readonly Key[]): Promise<Row[]> {
    const { table, column, keys, extraColumns = [], rowsPerStep } = encryptedColumn;
    const names = keys.map(([name]) => name);
    const selected = [...names, ...extraColumns];
    const parameters = keys.map(([, type], index) => `$${index + 2}::${type}`);
    const { rows } = await this.database.background.query<Record<string, Key | null>>(
      `select ${selected.join(', ')}, case when not starts_with(${column}, $1) then ${column} end as stored
       from meniscus.${table} where (${names.join(', ')}) > (${parameters.join(', ')})
       order by ${names.join(', ')} limit ${rowsPerStep}`,
      [this.cipher.currentPrefix, ...after],
    );
    return rows.map((row) => ({
      key: names.map((name) => row[name] ?? ''),
      context: encryptedColumn.context(...selected.map((name) => String(row[name] ?? ''))),
      stored: row['stored'] === null ? null : String(row['stored']),
    }));
  }

  /** Skips rows that another writer changed meanwhile: it encrypted them with the current key. */
  private async write(
    { table, column, keys }: EncryptedColumn,
    rows: readonly { readonly key: readonly Key[]; readonly stored: string; readonly encrypted: string }[],
  ): Promise<number> {
    const names = keys.map(([name]) => name);
    const lists = keys.map(([, type], index) => `$${index + 3}::${type}[]`);
    const { rowCount } = await this.database.background.query(
      `update meniscus.${table} t set ${column} = n.encrypted
       from unnest($1::text[], $2::text[], ${lists.join(', ')}) as n(stored, encrypted, ${names.join(', ')})
       where ${names.map((name) => `t.${name} = n.${name}`).join(' and ')} and t.${column} = n.stored`,
      [
        rows.map(({ stored }) => stored),
        rows.map(({ encrypted }) => encrypted),
        ...keys.map((_key, index) => rows.map(({ key }) => key[index])),
      ],
    );
    return rowCount;
  }
}
