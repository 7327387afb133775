import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { lineCreditIdInSql } from './import-rows.repository.js';
import { IS_FREE } from './import-work.repository.js';
import { givingBack } from './points-of-day.repository.js';

/** Chunks whose lines are failed by one statement. */
const FAILED_AT_ONCE = 10;

/** States of a credit that may have been applied. */
const IN_DOUBT = `'sent', 'unknown', 'resolved'`;

/**
 * What is told of lines that are not sent any more; the same for each line, so nothing that tells of anybody: it is stored
 * as it is.
 */
export interface RestResults {
  readonly failed: string;
  /** Of points that a killed process sent, and that were credited. */
  readonly credited: string;
  /** Of points that a killed process may have sent. */
  readonly inDoubt: string;
}

/** What is told of the lines of an import of which nothing more is sent. */
@Injectable()
export class ImportRestRepository {
  constructor(private readonly database: Database) {}

  /**
   * Tells lines of the next chunks as failed that are not sent any more, and gives back their points; but what a killed
   * process left of those that credit points is told as that.
   *
   * @returns false when no chunk was left that nobody has
   */
  async failSome(id: string, { failed, credited, inDoubt }: RestResults): Promise<boolean> {
    const { rows } = await this.database.query<{ chunks: number }>(
      `with due as (
         select number, lines, points from meniscus.import_chunks
         where import_id = $1 and ${IS_FREE} order by number limit ${FAILED_AT_ONCE} for update skip locked
       ), added as (
         insert into meniscus.import_results (import_id, line, outcome, result)
         select $1::uuid, line,
           case when c.state = 'credited' then 'updated' when c.state in (${IN_DOUBT}) then 'unknown' else 'failed' end,
           case when c.state = 'credited' then $3::text
             when c.state in (${IN_DOUBT}) then ($4::jsonb || jsonb_build_object('creditId', c.id))::text else $2::text end
         from due cross join unnest(due.lines) as line
           left join meniscus.credits c on c.id = ${lineCreditIdInSql('line')}
         on conflict do nothing returning line, outcome
       ), told as (
         select count(*) filter (where outcome = 'failed') as failed,
           count(*) filter (where outcome = 'updated') as updated,
           count(*) filter (where outcome = 'unknown') as unknown from added
       ), forgotten as (
         delete from meniscus.credits c using added a
         where c.id = ${lineCreditIdInSql('a.line')} and c.state not in (${IN_DOUBT})
       ), given_back as (
         ${givingBack(`select l.points from due cross join lateral unnest(due.lines, due.points) as l(line, points)
           join added using (line) where added.outcome = 'failed'`)}
       ), closed as (
         update meniscus.import_chunks c set state = 'done', holder = null from due
         where c.import_id = $1 and c.number = due.number
       ), counted as (
         update meniscus.imports i set failed = i.failed + t.failed, updated = i.updated + t.updated,
           unknown = i.unknown + t.unknown, version = version + 1, touched_at = now()
         from told t where id = $1
       )
       select count(*)::int as chunks from due`,
      [id, failed, credited, inDoubt],
    );
    return rows[0]?.chunks === FAILED_AT_ONCE;
  }
}
