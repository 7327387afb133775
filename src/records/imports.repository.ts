import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { type Job, JobQueue } from '../database/job-queue.js';
import { FieldCipher } from './encryption/field-cipher.js';
import { IS_FREE, LeaseLost } from './import-chunks.repository.js';
import {
  type ImportAction,
  type ImportState,
  CHANGED,
  TRANSITIONS,
  isAllowed,
  isAllowedSql,
  transitionSql,
} from './import-state.js';
import { TODAY } from './points-of-day.repository.js';
import {
  IMPORT_COLUMNS,
  type OwnedRow,
  type StoredImport,
  type TakenImport,
  ownerContext,
  withVerifiedOwner,
} from './stored-import.js';

export type { ImportAction, ImportState } from './import-state.js';
export { WAITING_FOR } from './stored-import.js';
export type { ImportKind, StoredImport, TakenImport, WaitingFor } from './stored-import.js';

export interface NewImport extends Pick<StoredImport, 'id' | 'kind' | 'onInvalid'> {
  readonly principal: string;
  readonly route: object;
  readonly retryOf?: string;
}

/** Whether an import was created: `too-many` for its principal, or the import that it retries was `retried` already. */
export type Creation = 'created' | 'too-many' | 'retried';

/** Each job asks one more process to work on an import; at most one job of an import waits. */
export const IMPORT_QUEUE = 'import-work';

/** Imports with fewer free chunks are not worth a second process. */
const SHARED_FROM_CHUNKS = 8;

/** Whether nothing of an import is sent, as a line of it is not valid. */
const IS_REFUSED = `(on_invalid = 'reject' and invalid > 0)`;

/** Imports and their states (`import-state.ts`). Chunks, rows and retention have repositories of their own. */
@Injectable()
export class ImportsRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly cipher: FieldCipher,
  ) {}

  /** Creates an import. Until it is accepted no process works on it, and it is discarded if it is not touched for a while. */
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

  /** Creates an import, unless its principal has this many that have not ended, or it would be a second retry. */
  async createWithin(maxOpen: number, created: NewImport): Promise<Creation> {
    return this.database.transaction(async (tx) => {
      // One at a time for each principal: two concurrent counts would not see one another.
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('open-imports:' || $1::text, 0))`, [
        created.principal,
      ]);
      // An import that has not ended was not emptied, and the index of those is short.
      const { rowCount } = await tx.query(
        `select from meniscus.imports where principal = $1 and finished_at is null and emptied_at is null limit $2`,
        [created.principal, maxOpen],
      );
      if (rowCount >= maxOpen) return 'too-many';
      if (created.retryOf !== undefined) {
        const first = await tx.query(
          'update meniscus.imports set retried_by = $2 where id = $1 and retried_by is null',
          [created.retryOf, created.id],
        );
        if (first.rowCount === 0) return 'retried';
      }
      await this.create(created, tx);
      return 'created';
    });
  }

  /** Records that the upload is still in progress. */
  async touch(id: string): Promise<void> {
    await this.database.background.query(
      `update meniscus.imports set touched_at = now() where id = $1 and state = 'uploading'`,
      [id],
    );
  }

  /**
   * Queues an import after all its lines are stored, together with its job.
   *
   * @param onAccepted further writes of the same transaction; if it throws, nothing is accepted
   */
  async accept(
    id: string,
    lineCount: number,
    onAccepted: (tx: Queryable, accepted: StoredImport) => Promise<void> = async () => undefined,
  ): Promise<StoredImport> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<StoredImport>(
        `update meniscus.imports set ${transitionSql('accept')}, line_count = $2
         where id = $1 and ${isAllowedSql('accept')} and not is_given_up returning ${IMPORT_COLUMNS}`,
        [id, lineCount],
      );
      const [accepted] = rows;
      if (!accepted) throw new Error('the import was discarded during its upload');
      await this.enqueue(tx, id);
      await onAccepted(tx, accepted);
      return accepted;
    });
  }

  /** Records the day on which its points count, in the transaction that counts them. */
  async countOn(tx: Queryable, id: string, day: string): Promise<void> {
    await tx.query('update meniscus.imports set points_day = $2::date where id = $1', [id, day]);
  }

  async find(id: string): Promise<StoredImport | undefined> {
    const { rows } = await this.database.query<StoredImport>(
      `select ${IMPORT_COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading'`,
      [id],
    );
    return rows[0];
  }

  /**
   * Finds an import like `find`, and verifies its owner. Call this before its lines or results are given to a caller.
   *
   * @throws DecryptionFailed if the principal is not the one who created the import
   */
  async findVerified(id: string): Promise<StoredImport | undefined> {
    const { rows } = await this.database.query<StoredImport & OwnedRow>(
      `select ${IMPORT_COLUMNS}, owner from meniscus.imports where id = $1 and state <> 'uploading'`,
      [id],
    );
    return rows[0] && withVerifiedOwner(this.cipher, rows[0]);
  }

  /**
   * Lists imports, newest first.
   *
   * @param principal owner filter; undefined lists the imports of all owners
   */
  async list(limit: number, after?: string, principal?: string): Promise<StoredImport[]> {
    const { rows } = await this.database.query<StoredImport>(
      `select ${IMPORT_COLUMNS} from meniscus.imports
       where state <> 'uploading' and ($3::text is null or principal = $3)
         and ($2::uuid is null or (created_at, id) < (
           select created_at, id from meniscus.imports where id = $2 and ($3::text is null or principal = $3)))
       order by created_at desc, id desc limit $1`,
      [limit, after ?? null, principal ?? null],
    );
    return rows;
  }

  /** @returns the import, and whether its state allowed the action; undefined if there is none */
  async transition(
    id: string,
    action: ImportAction,
  ): Promise<{ allowed: boolean; found: StoredImport } | undefined> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<StoredImport>(
        `select ${IMPORT_COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading' for update`,
        [id],
      );
      const [found] = rows;
      if (!found) return undefined;
      if (!isAllowed(action, found.state)) return { allowed: false, found };
      const changed = await tx.query<StoredImport>(
        // Otherwise a principal could save up the points of many days, and send them in one.
        `update meniscus.imports set ${transitionSql(action)}
         where id = $1 and not ($2 and coalesce(points_day < ${TODAY}, false)) returning ${IMPORT_COLUMNS}`,
        [id, action === 'resume'],
      );
      if (changed.rowCount === 0) return { allowed: false, found };
      if (action !== 'pause') await this.enqueue(tx, id);
      const [now = found] = changed.rows;
      return { allowed: true, found: now };
    });
  }

  /** Enqueues a job that asks one more process to work on the import; does nothing if one waits already. */
  async enqueue(tx: Queryable, id: string): Promise<void> {
    await this.queue.enqueue(tx, IMPORT_QUEUE, [{ data: { importId: id }, key: id }]);
  }

  /** Enqueues a job for an import that lost its jobs. */
  async enqueueAgain(id: string): Promise<void> {
    await this.database.transaction((tx) => this.enqueue(tx, id));
  }

  /**
   * Starts to work on an import, and asks further processes to join if it is long.
   *
   * @returns undefined if it has ended or is paused
   * @throws DecryptionFailed if the principal is not the one who created the import
   */
  async start(id: string, holder: string): Promise<TakenImport | undefined> {
    const starts = isAllowedSql('start');
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Omit<TakenImport, 'holder'> & OwnedRow & { isLong: boolean }>(
        `update meniscus.imports set state = case when ${starts} then '${TRANSITIONS.start.to}' else state end,
           waiting_for = null, going_since = case when ${starts} then now() else going_since end,
           settled_before = case when ${starts} then updated + rejected + failed + unknown else settled_before end,
           ${CHANGED}
         where id = $1 and finished_at is null and state <> 'paused'
         returning id, principal, owner, kind, route, ${IS_REFUSED} as "isRefused",
           exists (select from meniscus.import_chunks where import_id = $1 and ${IS_FREE} offset $2) as "isLong"`,
        [id, SHARED_FROM_CHUNKS],
      );
      const [found] = rows;
      if (!found) return undefined;
      const { isLong, ...taken } = withVerifiedOwner(this.cipher, found);
      if (isLong && this.database.driver === 'postgres') await this.enqueue(tx, id);
      return { ...taken, holder };
    });
  }

  /**
   * Ends a job in the attempt in which it was taken: the import ends, is paused, or goes on in another job.
   *
   * @throws LeaseLost
   */
  async endJob(id: string, job: Pick<Job, 'id' | 'retryCount'>): Promise<ImportState> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{
        state: ImportState;
        hasEnded: boolean;
        isRefused: boolean;
        isLeft: boolean;
      }>(
        `select state, ${IS_REFUSED} as "isRefused", finished_at is not null as "hasEnded",
           exists (select from meniscus.import_chunks where import_id = $1 and state = 'waiting') as "isLeft"
         from meniscus.imports where id = $1 for update`,
        [id],
      );
      const [found] = rows;
      const isOurs = await this.queue.complete(tx, IMPORT_QUEUE, job);
      if (!found || !isOurs) throw new LeaseLost();
      const { state, hasEnded, isRefused, isLeft } = found;
      if (hasEnded) return state;
      if (isLeft) {
        if (state !== 'paused') await this.enqueue(tx, id);
        return state;
      }
      const isCancelled = isAllowed('completeCancel', state);
      const end = isCancelled ? 'completeCancel' : isRefused ? 'refuse' : 'complete';
      await tx.query(`update meniscus.imports set ${transitionSql(end)}, finished_at = now() where id = $1`, [
        id,
      ]);
      return TRANSITIONS[end].to;
    });
  }
}
