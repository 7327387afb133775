import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import {
  type LineResult,
  insertResults,
  lineCreditId,
  lineCreditIdInSql,
  resultColumns,
} from './import-rows.repository.js';
import { IS_FREE } from './import-claims.repository.js';
import { givingBack } from './points-of-day.repository.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Chunks whose lines are failed by one statement. */
const FAILED_AT_ONCE = 10;

/** States of a credit that may have been applied. */
const IN_DOUBT = ['sent', 'unknown', 'resolved'];

/** What is told of lines that are not sent any more, as JSON; the same for each line, but for the id of its credit. */
export interface RemainingLineResults {
  readonly failed: string;
  /** Of points that a killed process sent, and that were credited. */
  readonly credited: string;
  /** Of points that a killed process may have sent. */
  readonly inDoubt: string;
}

/** What is told of the lines of an import of which nothing more is sent. */
@Injectable()
export class ImportRestRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * Tells lines of the next chunks as failed that are not sent any more, and gives back their points; but what a killed
   * process left of those that credit points is told as that.
   *
   * @returns false when no chunk was left that nobody has
   */
  async failRemainingLines(id: string, told: RemainingLineResults): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      // By a statement of its own: the next one sees every credit that was noted before the lock, and after it none is.
      const { rows: due } = await tx.query<{ number: number; lines: number[] }>(
        `select number, lines from meniscus.import_chunks
         where import_id = $1 and ${IS_FREE} order by number limit ${FAILED_AT_ONCE} for update skip locked`,
        [id],
      );
      const { rows: open } = await tx.query<{ line: number; credit: string | null }>(
        `select line, c.state as credit from unnest($2::int[]) as n(line)
           left join meniscus.credits c on c.id = ${lineCreditIdInSql('line')}
         where not exists (select from meniscus.import_results r where r.import_id = $1::uuid and r.line = n.line)`,
        [id, due.flatMap(({ lines }) => lines)],
      );
      const results = open.map(({ line, credit }) => resultOfRemainingLine(id, line, credit, told));
      for (const columns of resultColumns(this.cipher, id, results)) {
        // oxlint-disable-next-line no-await-in-loop -- one transaction
        await insertResults(tx, id, columns);
      }
      await tx.query(
        `with added as (
           select * from unnest($2::int[], $3::text[]) as a(line, outcome)
         ), counted as (
           update meniscus.imports set failed = failed + (select count(*) from added where outcome = 'failed'),
             updated = updated + (select count(*) from added where outcome = 'updated'),
             unknown = unknown + (select count(*) from added where outcome = 'unknown'),
             version = version + 1, touched_at = now()
           where id = $1
         ), forgotten as (
           delete from meniscus.credits c using added a
           where c.id = ${lineCreditIdInSql('a.line')} and c.state <> all($5::text[])
         ), given_back as (
           ${givingBack(`select l.points from meniscus.import_chunks c
             cross join lateral unnest(c.lines, c.points) as l(line, points) join added using (line)
             where c.import_id = $1 and c.number = any($4::int[]) and added.outcome = 'failed'`)}
         )
         update meniscus.import_chunks set state = 'done', holder = null where import_id = $1 and number = any($4::int[])`,
        [
          id,
          results.map(({ line }) => line),
          results.map(({ outcome }) => outcome),
          due.map(({ number }) => number),
          IN_DOUBT,
        ],
      );
      return due.length === FAILED_AT_ONCE;
    });
  }
}

function resultOfRemainingLine(
  importId: string,
  line: number,
  credit: string | null,
  { failed, credited, inDoubt }: RemainingLineResults,
): LineResult {
  if (credit === 'credited') return { line, outcome: 'updated', result: credited };
  if (credit === null || !IN_DOUBT.includes(credit)) return { line, outcome: 'failed', result: failed };
  const told = { ...(JSON.parse(inDoubt) as object), creditId: lineCreditId(importId, line) };
  return { line, outcome: 'unknown', result: JSON.stringify(told) };
}
