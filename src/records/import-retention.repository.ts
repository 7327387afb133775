import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { STATES_WITH_WORK, isAllowedSql, transitionSql } from './import-state.js';
import { ImportsRepository } from './imports.repository.js';

/** Chunks or results that one statement removes. */
const ROWS_PER_STATEMENT = 500;

const UNTOUCHED = `touched_at < now() - $1::float8 * interval '1 millisecond'`;

/** Finds imports that no process works on, and removes the lines and results of old ones. */
@Injectable()
export class ImportRetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly imports: ImportsRepository,
  ) {}

  /** Returns the ids of uploads that were not touched for this long. */
  async abandoned(untouchedMs: number): Promise<string[]> {
    return this.ids(
      `select id from meniscus.imports where state = 'uploading' and ${UNTOUCHED} limit 100`,
      untouchedMs,
    );
  }

  /** Returns the ids of imports that should progress and do not, whatever happened to their jobs. */
  async stuck(untouchedMs: number): Promise<string[]> {
    const states = STATES_WITH_WORK.map((state) => `'${state}'`).join(', ');
    return this.ids(
      `select id from meniscus.imports where state in (${states}) and ${UNTOUCHED} limit 100`,
      untouchedMs,
    );
  }

  /** Returns the ids of imports that ended so long ago that their lines and results are to be removed. */
  async expired(retentionMs: number): Promise<string[]> {
    return this.ids(
      `select id from meniscus.imports
       where emptied_at is null and finished_at < now() - $1::float8 * interval '1 millisecond' limit 100`,
      retentionMs,
    );
  }

  /**
   * Cancels imports that were paused this long ago and not touched since.
   *
   * @returns their ids
   */
  async cancelExpired(untouchedMs: number): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string }>(
        `update meniscus.imports set ${transitionSql('expire')}
         where id in (
           select id from meniscus.imports where ${isAllowedSql('expire')} and ${UNTOUCHED}
           limit 100 for update skip locked
         ) returning id`,
        [untouchedMs],
      );
      const ids = rows.map(({ id }) => id);
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      for (const id of ids) await this.imports.enqueue(tx, id);
      return ids;
    });
  }

  /**
   * Removes an upload that was never accepted, with all its rows. An import that was accepted after all, because only the
   * response of the database was lost, stays as it is.
   */
  async discard(id: string): Promise<void> {
    // From here on it cannot be accepted.
    const { rowCount } = await this.database.background.query(
      `update meniscus.imports set is_given_up = true where id = $1 and state = 'uploading'`,
      [id],
    );
    if (rowCount === 0) return;
    await this.removeRows(id);
    await this.database.background.query(
      // The import that it would have retried can be retried again.
      `with removed as (
         delete from meniscus.imports where id = $1 and state = 'uploading' returning id
       ) update meniscus.imports set retried_by = null where retried_by in (select id from removed)`,
      [id],
    );
  }

  /** Removes lines and results, with the rows of a CSV upload. The counts are kept. */
  async empty(id: string): Promise<void> {
    await this.removeRows(id);
    await this.database.background.query(
      'update meniscus.imports set emptied_at = now(), csv = null where id = $1',
      [id],
    );
  }

  private async ids(text: string, ms: number): Promise<string[]> {
    const { rows } = await this.database.background.query<{ id: string }>(text, [ms]);
    return rows.map(({ id }) => id);
  }

  /** Removes rows in small steps, so that requests can use the database in between. */
  private async removeRows(id: string): Promise<void> {
    for (const table of ['import_chunks', 'import_results']) {
      let removed: number;
      do {
        // oxlint-disable-next-line no-await-in-loop -- one step after the other
        const { rowCount } = await this.database.background.query(
          `delete from meniscus.${table} where import_id = $1 and number in
             (select number from meniscus.${table} where import_id = $1 limit ${ROWS_PER_STATEMENT})`,
          [id],
        );
        removed = rowCount;
      } while (removed >= ROWS_PER_STATEMENT); // more, if the last number has several rows
    }
  }
}
