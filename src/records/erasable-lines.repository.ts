import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { countErased } from './erasures.repository.js';
import { type ImportItem, chunkContext, decryptItems, lineCreditId } from './import-rows.repository.js';
import {
  type LineResult,
  type StoredBlock,
  blockColumns,
  decryptResults,
  encryptResults,
  insertBlocks,
  toBlocks,
} from './import-results.js';
import { countResultsSql } from './import-state.js';
import { FieldCipher } from './encryption/field-cipher.js';

export interface StoredChunk {
  readonly number: number;
  readonly items: readonly ImportItem[];
}

/** Lines of one step of the upload of an import to erase. */
export interface LinesToErase {
  readonly erasureId: string;
  readonly importId: string;
  readonly number: number;
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

  /**
   * Removes lines from a chunk, and the customer from their results. Each line has a result afterwards.
   *
   * @returns false while a process holds the chunk, because it may be sending the lines
   */
  async erase(what: LinesToErase, results: ErasedLines): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const chunk = await lockChunk(tx, what);
      if (chunk?.isHeld) return false;
      const settled = await this.replaceResults(tx, what, results);
      const removed = chunk ? await this.removeItems(tx, what, chunk.payload) : [];
      await countErasedRows(tx, what, removed, settled);
      if (chunk) {
        const open = what.lines.filter((line) => !settled.has(line));
        if (chunk.isWaiting) {
          await this.settle(
            tx,
            what,
            open.map((line) => results.settle(line, chunk.attempts > 0)),
          );
        }
      }
      await countErased(tx, what.erasureId, { lines: what.lines.length });
      return true;
    });
  }

  /**
   * Ends the lease and increments the revision, so that a process that read the chunk before can neither claim it nor
   * record results.
   *
   * @returns the items that were removed
   */
  private async removeItems(
    tx: Queryable,
    { importId, number, lines }: LinesToErase,
    payload: string,
  ): Promise<ImportItem[]> {
    const items = decryptItems(this.cipher, importId, { number, payload });
    const left = items.filter(({ line }) => !lines.includes(line));
    await tx.query(
      `update meniscus.import_chunks
       set payload = $3, holder = null, held_until = null, keys = null, revision = revision + 1
       where import_id = $1 and number = $2`,
      [importId, number, this.cipher.encrypt(JSON.stringify(left), chunkContext(importId, number))],
    );
    return items.filter(({ line }) => lines.includes(line));
  }

  /** @returns the results that lines of these blocks had, by line */
  private async replaceResults(
    tx: Queryable,
    { importId, number, lines }: LinesToErase,
    { replace }: ErasedLines,
  ): Promise<ReadonlyMap<number, LineResult>> {
    const { rows: blocks } = await tx.query<StoredBlock>(
      `select number, first_line as "firstLine", results from meniscus.import_results
       where import_id = $1 and number = $2 and lines && $3::int[] for update`,
      [importId, number, [...lines]],
    );
    const erased = new Set(lines);
    const before = new Map<number, LineResult>();
    const encrypted = blocks.map((block) => {
      const results = decryptResults(this.cipher, importId, block);
      for (const one of results) before.set(one.line, one);
      const replaced = results.map((one) => (erased.has(one.line) ? replace(one) : one));
      return encryptResults(this.cipher, importId, block, replaced);
    });
    await tx.query(
      `update meniscus.import_results r set results = n.results
       from unnest($3::int[], $4::text[]) as n(first_line, results)
       where r.import_id = $1 and r.number = $2 and r.first_line = n.first_line`,
      [importId, number, blocks.map(({ firstLine }) => firstLine), encrypted],
    );
    return before;
  }

  private async settle(
    tx: Queryable,
    { importId, number }: LinesToErase,
    results: readonly LineResult[],
  ): Promise<void> {
    const count = (kind: LineResult['outcome']): number =>
      results.filter(({ outcome }) => outcome === kind).length;
    await insertBlocks(tx, importId, blockColumns(toBlocks(this.cipher, importId, number, results)));
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

/** Counts the rows that a repair file would have contained. */
async function countErasedRows(
  tx: Queryable,
  { importId, lines }: LinesToErase,
  removed: readonly ImportItem[],
  settled: ReadonlyMap<number, LineResult>,
): Promise<void> {
  const valid = new Set(removed.flatMap(({ line, cells }) => (cells ? [line] : [])));
  const erased = lines.filter((line) => {
    const before = settled.get(line);
    return before?.outcome !== 'updated' && (valid.has(line) || before?.row !== undefined);
  });
  if (erased.length === 0) return;
  await tx.query('update meniscus.imports set erased_rows = erased_rows + $2 where id = $1', [
    importId,
    erased.length,
  ]);
}

/** @returns undefined if no line of the step is valid */
async function lockChunk(
  tx: Queryable,
  { importId, number }: LinesToErase,
): Promise<LockedChunk | undefined> {
  const { rows } = await tx.query<LockedChunk>(
    `select payload, attempts, state = 'waiting' as "isWaiting",
       state = 'waiting' and holder is not null and held_until >= clock_timestamp() as "isHeld"
     from meniscus.import_chunks where import_id = $1 and number = $2 for update`,
    [importId, number],
  );
  return rows[0];
}
