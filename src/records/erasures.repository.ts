import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { JobQueue } from '../database/job-queue.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Counts of what has been erased so far. */
export interface ErasedCounts {
  /** Lines of imports. */
  readonly lines: number;
  /** Answers under an Idempotency-Key. */
  readonly answers: number;
  /** Payloads of credits. */
  readonly credits: number;
}

export interface StoredErasure extends ErasedCounts {
  readonly id: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** The account of the vendor in which the identifiers name the customer. */
export interface ErasureAccount {
  readonly source: string;
  readonly accountId: string | null;
}

/** An erasure that is not finished, with the customer's identifiers. */
export interface OpenErasure extends ErasureAccount {
  readonly id: string;
  /** JSON. */
  readonly identifiers: string;
}

/** An import that an erasure still has to walk. */
export interface ErasureImport {
  readonly id: string;
  readonly isUploading: boolean;
}

export const ERASURE_QUEUE = 'erasure';

const COLUMNS = `id, lines, answers, credits, created_at as "createdAt", finished_at as "finishedAt"`;

/** The encryption context of an erasure's identifiers. */
export function identifiersContext(id: string): string {
  return `erasures:${id}`;
}

/** Adds to the counts of an erasure, in the transaction that erases. */
export async function countErased(
  tx: Queryable,
  id: string,
  { lines = 0, answers = 0, credits = 0 }: Partial<ErasedCounts>,
): Promise<void> {
  await tx.query(
    'update meniscus.erasures set lines = lines + $2, answers = answers + $3, credits = credits + $4 where id = $1',
    [id, lines, answers, credits],
  );
}

/** Stores erasures of customers, and the imports that each still has to walk. A finished erasure keeps no identifiers. */
@Injectable()
export class ErasuresRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * Stores the erasure, its job, and the list of all imports of the account that still have lines.
   *
   * @param startAfter a time when all requests that are running now have ended
   */
  async create(
    { id, identifiers, source, accountId }: OpenErasure,
    startAfter: Date,
  ): Promise<StoredErasure> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<StoredErasure>(
        `insert into meniscus.erasures (id, identifiers, source, account_id) values ($1, $2, $3, $4) returning ${COLUMNS}`,
        [id, this.cipher.encrypt(identifiers, identifiersContext(id)), source, accountId],
      );
      // Locked, because an upload that is discarded at the same time would break the foreign key.
      await tx.query(
        `insert into meniscus.erasure_imports (erasure_id, import_id)
         select $1::uuid, id from meniscus.imports
         where emptied_at is null and route->>'source' = $2 and route->>'accountId' is not distinct from $3::text
         for key share`,
        [id, source, accountId],
      );
      await this.queue.enqueue(tx, ERASURE_QUEUE, [{ data: { erasureId: id }, startAfter }]);
      const [created] = rows;
      if (!created) throw new Error('the insert returned no row');
      return created;
    });
  }

  async find(id: string): Promise<StoredErasure | undefined> {
    const { rows } = await this.database.query<StoredErasure>(
      `select ${COLUMNS} from meniscus.erasures where id = $1`,
      [id],
    );
    return rows[0];
  }

  /** @returns undefined if the erasure is finished */
  async open(id: string): Promise<OpenErasure | undefined> {
    const { rows } = await this.database.background.query<OpenErasure>(
      `select id, identifiers, source, account_id as "accountId" from meniscus.erasures
       where id = $1 and finished_at is null`,
      [id],
    );
    const [found] = rows;
    return found && { ...found, identifiers: this.cipher.decrypt(found.identifiers, identifiersContext(id)) };
  }

  /** Returns the next import to walk; imports that are still uploading come last. */
  async nextImport(id: string): Promise<ErasureImport | undefined> {
    const { rows } = await this.database.background.query<ErasureImport>(
      `select i.id, i.state = 'uploading' as "isUploading"
       from meniscus.erasure_imports e join meniscus.imports i on i.id = e.import_id
       where e.erasure_id = $1 order by 2, 1 limit 1`,
      [id],
    );
    return rows[0];
  }

  /** Marks an import as walked, and adds the imports that were created from its failed lines meanwhile. */
  async endImport(id: string, importId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(
        `insert into meniscus.erasure_imports (erasure_id, import_id)
         select $1::uuid, id from meniscus.imports where retry_of = $2 and emptied_at is null
         for key share on conflict do nothing`,
        [id, importId],
      );
      await tx.query('delete from meniscus.erasure_imports where erasure_id = $1 and import_id = $2', [
        id,
        importId,
      ]);
    });
  }

  async finish(id: string): Promise<void> {
    await this.database.query(
      'update meniscus.erasures set finished_at = now(), identifiers = null where id = $1',
      [id],
    );
  }
}
