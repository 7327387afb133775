import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { type OwnedRow, ownerContext, withOwner } from './import-owner.js';
import { JobQueue } from '../database/job-queue.js';
import { TODAY } from './points-of-day.repository.js';
import { FieldCipher } from './encryption/field-cipher.js';

export type ImportKind = 'customers' | 'memberships' | 'enrollments' | 'associations';
export type ImportState =
  'uploading' | 'queued' | 'running' | 'paused' | 'cancelling' | 'cancelled' | 'completed';

/** A job of many updates, and how far it is. */
export interface StoredImport {
  readonly id: string;
  /** Whose it is; null where it is older than that was noted. */
  readonly principal: string | null;
  readonly kind: ImportKind;
  /** Source, account and attribution. */
  readonly route: Record<string, unknown>;
  readonly onInvalid: 'reject' | 'skip';
  readonly state: ImportState;
  readonly retryOf: string | null;
  /** Lines of what was uploaded, empty ones among them. */
  readonly lineCount: number;
  /** Lines that hold an update, or should. */
  readonly total: number;
  /** Those that were not valid; they are among the rejected. */
  readonly invalid: number;
  readonly updated: number;
  readonly rejected: number;
  readonly failed: number;
  readonly unknown: number;
  /** Bulk calls to the vendor that carried any of its lines, so far. */
  readonly calls: number;
  /** The first line of the first chunk that is not done. */
  readonly firstWaitingLine: number | null;
  /** When it began, or was resumed. */
  readonly goingSince: Date | null;
  /** Lines that had a result by then. */
  readonly settledBefore: number;
  /** Grows with every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** When lines and results were removed; the counts stay. */
  readonly emptiedAt: Date | null;
}

export interface NewImport extends Pick<StoredImport, 'id' | 'kind' | 'onInvalid'> {
  readonly principal: string;
  readonly route: object;
  readonly retryOf?: string;
}

/** What a caller may ask of an import that has not ended. */
export type ImportAction = 'pause' | 'resume' | 'cancel';

/** Each job asks one more process to work on an import; of an import at most one waits. */
export const IMPORT_QUEUE = 'import-work';

const COLUMNS = `id, principal, kind, route, on_invalid as "onInvalid", state, retry_of as "retryOf", line_count as "lineCount", total,
  invalid, updated, rejected, failed, unknown, calls, going_since as "goingSince", settled_before as "settledBefore",
  version, created_at as "createdAt", finished_at as "finishedAt",
  emptied_at as "emptiedAt", (select first_line from meniscus.import_chunks c where c.import_id = imports.id
    and c.state = 'waiting' order by number limit 1) as "firstWaitingLine"`;

/** For each wish, the states in which it can be met and the one that it leads to. */
const WISHES: Readonly<
  Record<ImportAction, { readonly from: readonly ImportState[]; readonly to: ImportState }>
> = {
  pause: { from: ['queued', 'running'], to: 'paused' },
  resume: { from: ['paused'], to: 'queued' },
  cancel: { from: ['queued', 'running', 'paused'], to: 'cancelling' },
};

/** Chunks or results that one statement removes. */
const REMOVED_AT_ONCE = 500;

/** Imports and their states. Lines, results and the work on them have repositories of their own. */
@Injectable()
export class ImportsRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly cipher: FieldCipher,
  ) {}

  /** Begins one; until it is accepted nobody works on it, and it vanishes when it is not touched for a while. */
  async create(
    { id, principal, kind, route, onInvalid, retryOf }: NewImport,
    to: Queryable = this.database,
  ): Promise<void> {
    const owner = this.cipher.encrypt(principal, ownerContext(id));
    await to.query(
      `insert into meniscus.imports (id, kind, route, on_invalid, state, retry_of, principal, owner)
       values ($1, $2, $3::jsonb, $4, 'uploading', $5, $6, $7)`,
      [id, kind, JSON.stringify(route), onInvalid, retryOf ?? null, principal, owner],
    );
  }

  /**
   * Begins one, unless its principal has as many already that have not ended.
   *
   * @returns whether it was begun
   */
  async createWithin(mostOpen: number, created: NewImport): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      // One at a time of a principal: two that are counted at once would not see one another.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('open-imports:' || $1::text, 0))`, [
        created.principal,
      ]);
      // What has not ended was not emptied; the index of those that were not is short.
      const { rowCount } = await tx.query(
        `select from meniscus.imports where principal = $1 and finished_at is null and emptied_at is null limit $2`,
        [created.principal, mostOpen],
      );
      if (rowCount >= mostOpen) return false;
      await this.create(created, tx);
      return true;
    });
  }

  /** Says that its upload goes on. */
  async touch(id: string): Promise<void> {
    await this.database.background.query(
      `update meniscus.imports set touched_at = now() where id = $1 and state = 'uploading'`,
      [id],
    );
  }

  /**
   * All of it is stored: it is queued, together with its job.
   *
   * @param also what becomes true with it, as part of the transaction; where it throws, nothing is accepted
   */
  async accept(
    id: string,
    lineCount: number,
    also: (tx: Queryable, accepted: StoredImport) => Promise<void> = async () => undefined,
  ): Promise<StoredImport> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<StoredImport>(
        `update meniscus.imports set state = 'queued', line_count = $2, version = version + 1
         where id = $1 and state = 'uploading' and not is_given_up returning ${COLUMNS}`,
        [id, lineCount],
      );
      const [accepted] = rows;
      if (!accepted) throw new Error('an import was given up while it was uploaded');
      await this.enqueue(tx, id);
      await also(tx, accepted);
      return accepted;
    });
  }

  /** Says on which day its points count, as part of the transaction that counts them. */
  async countOn(tx: Queryable, id: string, day: string): Promise<void> {
    await tx.query('update meniscus.imports set points_day = $2::date where id = $1', [id, day]);
  }

  async find(id: string): Promise<StoredImport | undefined> {
    const { rows } = await this.database.query<StoredImport>(
      `select ${COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading'`,
      [id],
    );
    return rows[0];
  }

  /**
   * As `find`, for whoever is let to its lines or results by whose it is.
   *
   * @throws SealBroken where it is not that of whoever made it
   */
  async findProven(id: string): Promise<StoredImport | undefined> {
    const { rows } = await this.database.query<StoredImport & OwnedRow>(
      `select ${COLUMNS}, owner from meniscus.imports where id = $1 and state <> 'uploading'`,
      [id],
    );
    return rows[0] && withOwner(this.cipher, rows[0]);
  }

  /**
   * The newest first.
   *
   * @param principal whose alone; undefined: everybody's
   */
  async list(limit: number, after?: string, principal?: string): Promise<StoredImport[]> {
    const { rows } = await this.database.query<StoredImport>(
      `select ${COLUMNS} from meniscus.imports
       where state <> 'uploading' and ($3::text is null or principal = $3)
         and ($2::uuid is null or (created_at, id) < (
           select created_at, id from meniscus.imports where id = $2 and ($3::text is null or principal = $3)))
       order by created_at desc, id desc limit $1`,
      [limit, after ?? null, principal ?? null],
    );
    return rows;
  }

  /** @returns the import, and whether its state allowed the wish; undefined where there is none */
  async transition(
    id: string,
    wish: ImportAction,
  ): Promise<{ isMet: boolean; found: StoredImport } | undefined> {
    const { from, to } = WISHES[wish];
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<StoredImport>(
        `select ${COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading' for update`,
        [id],
      );
      const [found] = rows;
      if (!found) return undefined;
      if (!from.includes(found.state)) return { isMet: false, found };
      const changed = await tx.query<StoredImport>(
        // Else points that count for many days could be saved up, and be sent in one.
        `update meniscus.imports set state = $2, version = version + 1, touched_at = now()
         where id = $1 and not ($3 and coalesce(points_day < ${TODAY}, false)) returning ${COLUMNS}`,
        [id, to, wish === 'resume'],
      );
      if (changed.rowCount === 0) return { isMet: false, found };
      if (wish !== 'pause') await this.enqueue(tx, id);
      const [now = found] = changed.rows;
      return { isMet: true, found: now };
    });
  }

  /** Asks for one more process to work on it; where one has been asked for already, this does nothing. */
  async enqueue(tx: Queryable, id: string): Promise<void> {
    await this.queue.enqueue(tx, IMPORT_QUEUE, [{ data: { importId: id }, key: id }]);
  }

  /** Uploads that nobody goes on with. */
  async abandoned(untouchedMs: number): Promise<string[]> {
    return this.ids(
      `select id from meniscus.imports
       where state = 'uploading' and touched_at < now() - $1::float8 * interval '1 millisecond' limit 100`,
      untouchedMs,
    );
  }

  /** Imports that should go on and do not: whatever became of their jobs. */
  async stuck(untouchedMs: number): Promise<string[]> {
    return this.ids(
      `select id from meniscus.imports where state in ('queued', 'running', 'cancelling')
         and touched_at < now() - $1::float8 * interval '1 millisecond' limit 100`,
      untouchedMs,
    );
  }

  /** Asks again for somebody to work on it. */
  async enqueueAgain(id: string): Promise<void> {
    await this.database.transaction((tx) => this.enqueue(tx, id));
  }

  /**
   * Cancels imports that nobody has touched since they were paused, so long ago.
   *
   * @returns their ids
   */
  async cancelExpired(untouchedMs: number): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string }>(
        `update meniscus.imports set state = 'cancelling', version = version + 1, touched_at = now()
         where id in (
           select id from meniscus.imports
           where state = 'paused' and touched_at < now() - $1::float8 * interval '1 millisecond'
           limit 100 for update skip locked
         ) returning id`,
        [untouchedMs],
      );
      const ids = rows.map(({ id }) => id);
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      for (const id of ids) await this.enqueue(tx, id);
      return ids;
    });
  }

  /** Imports that ended so long ago that their lines and results go. */
  async expired(retentionMs: number): Promise<string[]> {
    return this.ids(
      `select id from meniscus.imports
       where emptied_at is null and finished_at < now() - $1::float8 * interval '1 millisecond' limit 100`,
      retentionMs,
    );
  }

  /**
   * Removes an upload that was never accepted. Nothing of it stays. One that was accepted after all, as where only the
   * answer of the database was lost, stays whole.
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
      `delete from meniscus.imports where id = $1 and state = 'uploading'`,
      [id],
    );
  }

  /** Removes lines and results. The counts stay. */
  async empty(id: string): Promise<void> {
    await this.removeRows(id);
    await this.database.background.query('update meniscus.imports set emptied_at = now() where id = $1', [
      id,
    ]);
  }

  private async ids(text: string, ms: number): Promise<string[]> {
    const { rows } = await this.database.background.query<{ id: string }>(text, [ms]);
    return rows.map(({ id }) => id);
  }

  /** In small steps: others use the database meanwhile. */
  private async removeRows(id: string): Promise<void> {
    for (const [table, key] of [
      ['import_chunks', 'number'],
      ['import_results', 'line'],
    ]) {
      let removed: number;
      do {
        // oxlint-disable-next-line no-await-in-loop -- one step after the other
        const { rowCount } = await this.database.background.query(
          `delete from meniscus.${table} where import_id = $1 and ${key} in
             (select ${key} from meniscus.${table} where import_id = $1 limit ${REMOVED_AT_ONCE})`,
          [id],
        );
        removed = rowCount;
      } while (removed === REMOVED_AT_ONCE);
    }
  }
}
