import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { countErased } from './erasures.repository.js';
import {
  type ImportItem,
  type LineResult,
  chunkContext,
  insertResults,
  decryptItems,
  decryptResult,
  resultColumns,
  lineCreditId,
  resultContext,
} from './import-rows.repository.js';
import { countResultsSql } from './import-state.js';
import { FieldCipher } from './encryption/field-cipher.js';

export interface StoredChunk {
  readonly number: number;
  readonly items: readonly ImportItem[];
}

/** Lines of one import to erase. */
export interface LinesToErase {
  readonly erasureId: string;
  readonly importId: string;
  readonly lines: readonly number[];
}

/** The results of erased lines. */
export interface ErasedLines {
  /** Maps an existing result to one without the customer. */
  readonly replace: (result: LineResult) => LineResult;
  /** Creates the result of a line without one. `wasTaken`: a process that was killed may have sent the line. */
  readonly settle: (line: number, wasTaken: boolean) => LineResult;
}

interface LockedChunk {
  readonly payload: string;
  readonly isWaiting: boolean;
  readonly isHeld: boolean;
  readonly attempts: number;
}

/** Erases lines of imports, and customers from their results. */
@Injectable()
export class ErasableLinesRepository {
  constructor(
    private readonly database: Database,
    private readonly credits: CreditsRepository,
    private readonly cipher: FieldCipher,
  ) {}

  async chunksAfter(importId: string, number: number, limit: number): Promise<StoredChunk[]> {
    const { rows } = await this.database.background.query<{ number: number; payload: string }>(
      `select number, payload from meniscus.import_chunks where import_id = $1 and number > $2 order by number limit $3`,
      [importId, number, limit],
    );
    return rows.map((row) => ({ number: row.number, items: decryptItems(this.cipher, importId, row) }));
  }

  /** Returns the number of a line's chunk; an invalid line has none. */
  async chunkOf(importId: string, line: number): Promise<number | undefined> {
    const { rows } = await this.database.background.query<{ number: number }>(
      `select number from meniscus.import_chunks
       where import_id = $1 and first_line <= $2 and $2 = any(lines) order by number desc limit 1`,
      [importId, line],
    );
    return rows[0]?.number;
  }

  /**
   * Removes lines from a chunk, and the customer from their results. Each line has a result afterwards.
   *
   * @param number the chunk; undefined if the lines are in none
   * @returns false while a process holds the chunk, because it may be sending the lines
   */
  async erase(what: LinesToErase, number: number | undefined, results: ErasedLines): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const chunk = number === undefined ? undefined : await lockChunk(tx, what.importId, number);
      if (chunk?.isHeld) return false;
      const settled = await this.replaceResults(tx, what, results);
      if (chunk && number !== undefined) {
        await this.removeItems(tx, what, number, chunk.payload);
        const open = what.lines.filter((line) => !settled.has(line));
        if (chunk.isWaiting) {
          await this.settle(
            tx,
            what.importId,
            open.map((line) => results.settle(line, chunk.attempts > 0)),
          );
        }
      }
      await countErased(tx, what.erasureId, { lines: what.lines.length });
      return true;
    });
  }

  /** Ends the lease and increments the revision, so that a process that read the chunk before can neither claim it nor record results. */
  private async removeItems(
    tx: Queryable,
    { importId, lines }: LinesToErase,
    number: number,
    payload: string,
  ): Promise<void> {
    const left = decryptItems(this.cipher, importId, { number, payload }).filter(
      ({ line }) => !lines.includes(line),
    );
    await tx.query(
      `update meniscus.import_chunks
       set payload = $3, holder = null, held_until = null, keys = null, revision = revision + 1
       where import_id = $1 and number = $2`,
      [importId, number, this.cipher.encrypt(JSON.stringify(left), chunkContext(importId, number))],
    );
  }

  /** @returns the lines that had a result */
  private async replaceResults(
    tx: Queryable,
    { importId, lines }: LinesToErase,
    { replace }: ErasedLines,
  ): Promise<Set<number>> {
    const { rows } = await tx.query<LineResult>(
      `select line, outcome, result from meniscus.import_results
       where import_id = $1 and line = any($2::int[]) for update`,
      [importId, [...lines]],
    );
    const replaced = rows.map((row) => replace(decryptResult(this.cipher, importId, row)));
    await tx.query(
      `update meniscus.import_results r set result = n.result
       from unnest($2::int[], $3::text[]) as n(line, result) where r.import_id = $1 and r.line = n.line`,
      [
        importId,
        replaced.map(({ line }) => line),
        replaced.map(({ line, result }) => this.cipher.encrypt(result, resultContext(importId, line))),
      ],
    );
    return new Set(rows.map(({ line }) => line));
  }

  private async settle(tx: Queryable, importId: string, results: readonly LineResult[]): Promise<void> {
    const count = (kind: LineResult['outcome']): number =>
      results.filter(({ outcome }) => outcome === kind).length;
    for (const columns of resultColumns(this.cipher, importId, results)) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      await insertResults(tx, importId, columns);
    }
    await tx.query(
      `update meniscus.imports set ${countResultsSql({ rejected: '$2', unknown: '$3' })} where id = $1`,
      [importId, count('rejected'), count('unknown')],
    );
    // The results are stored, so certain credits are no longer needed.
    await this.credits.forget(
      results.map(({ line }) => lineCreditId(importId, line)),
      tx,
    );
  }
}

async function lockChunk(tx: Queryable, importId: string, number: number): Promise<LockedChunk | undefined> {
  const { rows } = await tx.query<LockedChunk>(
    `select payload, attempts, state = 'waiting' as "isWaiting",
       state = 'waiting' and holder is not null and held_until >= clock_timestamp() as "isHeld"
     from meniscus.import_chunks where import_id = $1 and number = $2 for update`,
    [importId, number],
  );
  return rows[0];
}
