import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { countErased } from './erasures.repository.js';
import {
  type ImportItem,
  type LineResult,
  chunkPlace,
  insertResults,
  openItems,
  openResult,
  resultColumns,
  lineCreditId,
  resultPlace,
} from './import-rows.repository.js';
import { Vault } from './encryption/field-cipher.js';

export interface StoredChunk {
  readonly number: number;
  readonly items: readonly ImportItem[];
}

/** Lines of one import that are to go. */
export interface LinesToErase {
  readonly erasureId: string;
  readonly importId: string;
  readonly lines: readonly number[];
}

/** What is told of lines from then on. */
export interface ErasedLines {
  /** In place of a result that is there. */
  readonly replace: (result: LineResult) => LineResult;
  /** Of a line that has none. `wasTaken`: a process that was killed may have sent it. */
  readonly settle: (line: number, wasTaken: boolean) => LineResult;
}

interface LockedChunk {
  readonly payload: string;
  readonly isWaiting: boolean;
  readonly isHeld: boolean;
  readonly attempts: number;
}

/** Lines of imports and their results, as far as they can be erased. */
@Injectable()
export class ErasableLinesRepository {
  constructor(
    private readonly database: Database,
    private readonly credits: CreditsRepository,
    private readonly vault: Vault,
  ) {}

  async chunksAfter(importId: string, number: number, limit: number): Promise<StoredChunk[]> {
    const { rows } = await this.database.background.query<{ number: number; payload: string }>(
      `select number, payload from meniscus.import_chunks where import_id = $1 and number > $2 order by number limit $3`,
      [importId, number, limit],
    );
    return rows.map((row) => ({ number: row.number, items: openItems(this.vault, importId, row) }));
  }

  /** The chunk of a line; a line that is not valid stands in none. */
  async chunkOf(importId: string, line: number): Promise<number | undefined> {
    const { rows } = await this.database.background.query<{ number: number }>(
      `select number from meniscus.import_chunks
       where import_id = $1 and first_line <= $2 and $2 = any(lines) order by number desc limit 1`,
      [importId, line],
    );
    return rows[0]?.number;
  }

  /**
   * Removes lines from a chunk, together with what their results tell of anybody. Each has a result then.
   *
   * @param number undefined where the lines stand in no chunk
   * @returns false while a process has the chunk: its lines may be on their way
   */
  async erase(what: LinesToErase, number: number | undefined, told: ErasedLines): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const chunk = number === undefined ? undefined : await lockChunk(tx, what.importId, number);
      if (chunk?.isHeld) return false;
      const settled = await this.replaceResults(tx, what, told);
      if (chunk && number !== undefined) {
        await this.removeItems(tx, what, number, chunk.payload);
        const open = what.lines.filter((line) => !settled.has(line));
        if (chunk.isWaiting) {
          await this.settle(
            tx,
            what.importId,
            open.map((line) => told.settle(line, chunk.attempts > 0)),
          );
        }
      }
      await countErased(tx, what.erasureId, { lines: what.lines.length });
      return true;
    });
  }

  /** Whoever read the chunk before can neither claim it nor note anything of it. */
  private async removeItems(
    tx: Queryable,
    { importId, lines }: LinesToErase,
    number: number,
    payload: string,
  ): Promise<void> {
    const left = openItems(this.vault, importId, { number, payload }).filter(
      ({ line }) => !lines.includes(line),
    );
    await tx.query(
      `update meniscus.import_chunks
       set payload = $3, holder = null, held_until = null, keys = null, revision = revision + 1
       where import_id = $1 and number = $2`,
      [importId, number, this.vault.seal(JSON.stringify(left), chunkPlace(importId, number))],
    );
  }

  /** @returns the lines that have a result */
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
    const replaced = rows.map((row) => replace(openResult(this.vault, importId, row)));
    await tx.query(
      `update meniscus.import_results r set result = n.result
       from unnest($2::int[], $3::text[]) as n(line, result) where r.import_id = $1 and r.line = n.line`,
      [
        importId,
        replaced.map(({ line }) => line),
        replaced.map(({ line, result }) => this.vault.seal(result, resultPlace(importId, line))),
      ],
    );
    return new Set(rows.map(({ line }) => line));
  }

  private async settle(tx: Queryable, importId: string, results: readonly LineResult[]): Promise<void> {
    const count = (kind: LineResult['outcome']): number =>
      results.filter(({ outcome }) => outcome === kind).length;
    for (const columns of resultColumns(this.vault, importId, results)) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      await insertResults(tx, importId, columns);
    }
    await tx.query(
      `update meniscus.imports set rejected = rejected + $2, unknown = unknown + $3, version = version + 1,
         touched_at = now() where id = $1`,
      [importId, count('rejected'), count('unknown')],
    );
    // As where results are noted: nobody asks for those that are certain any more.
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
