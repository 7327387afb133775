import { Injectable } from '@nestjs/common';
import { payloadPlace } from '../credits.repository.js';
import { Database } from '../../database/database.js';
import { erasurePlace } from '../erasures.repository.js';
import { answerPlace } from '../idempotency-record.js';
import { ownerPlace } from '../import-owner.js';
import { chunkPlace, resultPlace } from '../import-rows.repository.js';
import { KeyMissing, SealBroken, Vault } from './field-cipher.js';

type Key = string | number;

/** A column that is sealed. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key: name, type, and what is less than any. */
  readonly keys: readonly (readonly [name: string, type: 'uuid' | 'int' | 'text', least: Key])[];
  /** What else its place names. */
  readonly also?: readonly string[];
  /** Of the keys, and what else it names; empty where that is null. */
  readonly place: (...of: string[]) => string;
  /** Rows that are read and written at a time, small enough for others not to wait. */
  readonly atOnce: number;
}

const NO_UUID = '00000000-0000-0000-0000-000000000000';

const SEALED: readonly SealedColumn[] = [
  {
    table: 'imports',
    column: 'owner',
    keys: [['id', 'uuid', NO_UUID]],
    place: (id = '') => ownerPlace(id),
    atOnce: 100,
  },
  {
    table: 'import_chunks',
    column: 'payload',
    keys: [
      ['import_id', 'uuid', NO_UUID],
      ['number', 'int', -1],
    ],
    place: (id = '', number) => chunkPlace(id, Number(number)),
    atOnce: 5,
  },
  {
    table: 'import_results',
    column: 'result',
    keys: [
      ['import_id', 'uuid', NO_UUID],
      ['line', 'int', -1],
    ],
    place: (id = '', line) => resultPlace(id, Number(line)),
    atOnce: 300,
  },
  {
    table: 'idempotency_records',
    column: 'body',
    keys: [
      ['principal', 'text', ''],
      ['endpoint', 'text', ''],
      ['key', 'text', ''],
    ],
    place: (principal = '', endpoint = '', key = '') => answerPlace({ principal, endpoint, key }),
    atOnce: 20,
  },
  {
    table: 'credits',
    column: 'payload',
    keys: [['id', 'text', '']],
    also: ['principal', 'points'],
    place: (id = '', principal = '', points = '') => payloadPlace({ id, principal, points }),
    atOnce: 100,
  },
  {
    table: 'erasures',
    column: 'identifiers',
    keys: [['id', 'uuid', NO_UUID]],
    place: (id = '') => erasurePlace(id),
    atOnce: 100,
  },
];

/** What a walk over all that is sealed came to. */
export interface Resealed {
  /** Rows that are sealed with the current key now, and were not before. */
  readonly itemCount: number;
  /** Rows that cannot be opened; they stay as they are. */
  readonly closedCount: number;
  /** Keys that some of these need. */
  readonly missingKeys: readonly string[];
}

interface Row {
  readonly key: Key[];
  readonly place: string;
  /** Null where there is nothing to do. */
  readonly stored: string | null;
}

/** All columns that are sealed, as one. */
@Injectable()
export class SealedRowsRepository {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /**
   * Seals with the current key whatever is not, step by step.
   *
   * @param isStopped asked between two steps
   */
  async reseal(isStopped: () => boolean): Promise<Resealed> {
    let itemCount = 0;
    let closedCount = 0;
    const missingKeys = new Set<string>();
    for (const column of SEALED) {
      let after: Key[] | undefined = column.keys.map(([, , least]) => least);
      while (after && !isStopped()) {
        // oxlint-disable-next-line no-await-in-loop -- in small steps
        const page = await this.read(column, after);
        const opened = page.flatMap(({ key, place, stored }) => {
          if (stored === null) return [];
          try {
            return [{ key, stored, sealed: this.vault.seal(this.vault.open(stored, place), place) }];
          } catch (error) {
            if (!(error instanceof SealBroken)) throw error;
            closedCount += 1;
            if (error instanceof KeyMissing) missingKeys.add(error.keyId);
            return [];
          }
        });
        // oxlint-disable-next-line no-await-in-loop -- in small steps
        itemCount += opened.length === 0 ? 0 : await this.write(column, opened);
        after = page.at(-1)?.key;
      }
    }
    return { itemCount, closedCount, missingKeys: [...missingKeys] };
  }

  private async read(of: SealedColumn, after: readonly Key[]): Promise<Row[]> {
    const { table, column, keys, also = [], atOnce } = of;
    const names = keys.map(([name]) => name);
    const told = [...names, ...also];
    const places = keys.map(([, type], index) => `$${index + 2}::${type}`);
    const { rows } = await this.database.background.query<Record<string, Key | null>>(
      `select ${told.join(', ')}, case when not starts_with(${column}, $1) then ${column} end as stored
       from meniscus.${table} where (${names.join(', ')}) > (${places.join(', ')})
       order by ${names.join(', ')} limit ${atOnce}`,
      [this.vault.currentMark, ...after],
    );
    return rows.map((row) => ({
      key: names.map((name) => row[name] ?? ''),
      place: of.place(...told.map((name) => String(row[name] ?? ''))),
      stored: row['stored'] === null ? null : String(row['stored']),
    }));
  }

  /** What was changed meanwhile was sealed with the current key by whoever changed it. */
  private async write(
    { table, column, keys }: SealedColumn,
    rows: readonly { readonly key: readonly Key[]; readonly stored: string; readonly sealed: string }[],
  ): Promise<number> {
    const names = keys.map(([name]) => name);
    const lists = keys.map(([, type], index) => `$${index + 3}::${type}[]`);
    const { rowCount } = await this.database.background.query(
      `update meniscus.${table} t set ${column} = n.sealed
       from unnest($1::text[], $2::text[], ${lists.join(', ')}) as n(stored, sealed, ${names.join(', ')})
       where ${names.map((name) => `t.${name} = n.${name}`).join(' and ')} and t.${column} = n.stored`,
      [
        rows.map(({ stored }) => stored),
        rows.map(({ sealed }) => sealed),
        ...keys.map((_key, index) => rows.map(({ key }) => key[index])),
      ],
    );
    return rowCount;
  }
}
