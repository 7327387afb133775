var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { JobQueue } from '../database/job-queue.js';
import { FieldCipher } from './encryption/field-cipher.js';
import { IS_FREE, LeaseLost } from './import-chunks.repository.js';
import { CHANGED, TRANSITIONS, isAllowed, isAllowedSql, transitionSql, } from './import-state.js';
import { TODAY } from './points-of-day.repository.js';
import { IMPORT_COLUMNS, ownerContext, withVerifiedOwner, } from './stored-import.js';
/** Each job asks one more process to work on an import; at most one job of an import waits. */
export const IMPORT_QUEUE = 'import-work';
/** Imports with fewer free chunks are not worth a second process. */
const SHARED_FROM_CHUNKS = 8;
/** Imports and their states (`import-state.ts`). Chunks, rows and retention have repositories of their own. */
let ImportsRepository = class ImportsRepository {
    database;
    queue;
    cipher;
    constructor(database, queue, cipher) {
        this.database = database;
        this.queue = queue;
        this.cipher = cipher;
    }
    /** Creates an import. Until it is accepted no process works on it, and it is discarded if it is not touched for a while. */
    async create({ id, principal, kind, route, onInvalid, retryOf }, to = this.database) {
        const owner = this.cipher.encrypt(principal, ownerContext(id));
        await to.query(`insert into meniscus.imports (id, kind, route, on_invalid, state, retry_of, principal, owner)
       values ($1, $2, $3::jsonb, $4, 'uploading', $5, $6, $7)`, [id, kind, JSON.stringify(route), onInvalid, retryOf ?? null, principal, owner]);
    }
    /**
     * Creates an import, unless its principal has this many that have not ended.
     *
     * @returns whether it was created
     */
    async createWithin(maxOpen, created) {
        return this.database.transaction(async (tx) => {
            // One at a time for each principal: two concurrent counts would not see one another.
            await tx.query(`select pg_advisory_xact_lock(hashtextextended('open-imports:' || $1::text, 0))`, [
                created.principal,
            ]);
            // An import that has not ended was not emptied, and the index of those is short.
            const { rowCount } = await tx.query(`select from meniscus.imports where principal = $1 and finished_at is null and emptied_at is null limit $2`, [created.principal, maxOpen]);
            if (rowCount >= maxOpen)
                return false;
            await this.create(created, tx);
            return true;
        });
    }
    /** Records that the upload is still in progress. */
    async touch(id) {
        await this.database.background.query(`update meniscus.imports set touched_at = now() where id = $1 and state = 'uploading'`, [id]);
    }
    /**
     * Queues an import after all its lines are stored, together with its job.
     *
     * @param onAccepted further writes of the same transaction; if it throws, nothing is accepted
     */
    async accept(id, lineCount, onAccepted = async () => undefined) {
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`update meniscus.imports set ${transitionSql('accept')}, line_count = $2
         where id = $1 and ${isAllowedSql('accept')} and not is_given_up returning ${IMPORT_COLUMNS}`, [id, lineCount]);
            const [accepted] = rows;
            if (!accepted)
                throw new Error('the import was discarded during its upload');
            await this.enqueue(tx, id);
            await onAccepted(tx, accepted);
            return accepted;
        });
    }
    /** Records the day on which its points count, in the transaction that counts them. */
    async countOn(tx, id, day) {
        await tx.query('update meniscus.imports set points_day = $2::date where id = $1', [id, day]);
    }
    async find(id) {
        const { rows } = await this.database.query(`select ${IMPORT_COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading'`, [id]);
        return rows[0];
    }
    /**
     * Finds an import like `find`, and verifies its owner. Call this before its lines or results are given to a caller.
     *
     * @throws DecryptionFailed if the principal is not the one who created the import
     */
    async findVerified(id) {
        const { rows } = await this.database.query(`select ${IMPORT_COLUMNS}, owner from meniscus.imports where id = $1 and state <> 'uploading'`, [id]);
        return rows[0] && withVerifiedOwner(this.cipher, rows[0]);
    }
    /**
     * Lists imports, newest first.
     *
     * @param principal owner filter; undefined lists the imports of all owners
     */
    async list(limit, after, principal) {
        const { rows } = await this.database.query(`select ${IMPORT_COLUMNS} from meniscus.imports
       where state <> 'uploading' and ($3::text is null or principal = $3)
         and ($2::uuid is null or (created_at, id) < (
           select created_at, id from meniscus.imports where id = $2 and ($3::text is null or principal = $3)))
       order by created_at desc, id desc limit $1`, [limit, after ?? null, principal ?? null]);
        return rows;
    }
    /** @returns the import, and whether its state allowed the action; undefined if there is none */
    async transition(id, action) {
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`select ${IMPORT_COLUMNS} from meniscus.imports where id = $1 and state <> 'uploading' for update`, [id]);
            const [found] = rows;
            if (!found)
                return undefined;
            if (!isAllowed(action, found.state))
                return { allowed: false, found };
            const changed = await tx.query(
            // Otherwise a principal could save up the points of many days, and send them in one.
            `update meniscus.imports set ${transitionSql(action)}
         where id = $1 and not ($2 and coalesce(points_day < ${TODAY}, false)) returning ${IMPORT_COLUMNS}`, [id, action === 'resume']);
            if (changed.rowCount === 0)
                return { allowed: false, found };
            if (action !== 'pause')
                await this.enqueue(tx, id);
            const [now = found] = changed.rows;
            return { allowed: true, found: now };
        });
    }
    /** Enqueues a job that asks one more process to work on the import; does nothing if one waits already. */
    async enqueue(tx, id) {
        await this.queue.enqueue(tx, IMPORT_QUEUE, [{ data: { importId: id }, key: id }]);
    }
    /** Enqueues a job for an import that lost its jobs. */
    async enqueueAgain(id) {
        await this.database.transaction((tx) => this.enqueue(tx, id));
    }
    /**
     * Starts to work on an import, and asks further processes to join if it is long.
     *
     * @returns undefined if it has ended or is paused
     * @throws DecryptionFailed if the principal is not the one who created the import
     */
    async start(id, holder) {
        const starts = isAllowedSql('start');
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`update meniscus.imports set state = case when ${starts} then '${TRANSITIONS.start.to}' else state end,
           going_since = case when ${starts} then now() else going_since end,
           settled_before = case when ${starts} then updated + rejected + failed + unknown else settled_before end,
           ${CHANGED}
         where id = $1 and finished_at is null and state <> 'paused'
         returning id, principal, owner, kind, route, (on_invalid = 'reject' and invalid > 0) as "isRefused",
           exists (select from meniscus.import_chunks where import_id = $1 and ${IS_FREE} offset $2) as "isLong"`, [id, SHARED_FROM_CHUNKS]);
            const [found] = rows;
            if (!found)
                return undefined;
            const { isLong, ...taken } = withVerifiedOwner(this.cipher, found);
            if (isLong && this.database.driver === 'postgres')
                await this.enqueue(tx, id);
            return { ...taken, holder };
        });
    }
    /**
     * Ends a job in the attempt in which it was taken: the import ends, is paused, or goes on in another job.
     *
     * @throws LeaseLost
     */
    async endJob(id, job) {
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`select state, finished_at is not null as "hasEnded",
           exists (select from meniscus.import_chunks where import_id = $1 and state = 'waiting') as "isLeft"
         from meniscus.imports where id = $1 for update`, [id]);
            const [found] = rows;
            const isOurs = await this.queue.complete(tx, IMPORT_QUEUE, job);
            if (!found || !isOurs)
                throw new LeaseLost();
            const { state, hasEnded, isLeft } = found;
            if (hasEnded)
                return state;
            if (isLeft) {
                if (state !== 'paused')
                    await this.enqueue(tx, id);
                return state;
            }
            const end = isAllowed('completeCancel', state) ? 'completeCancel' : 'complete';
            await tx.query(`update meniscus.imports set ${transitionSql(end)}, finished_at = now() where id = $1`, [
                id,
            ]);
            return TRANSITIONS[end].to;
        });
    }
};
ImportsRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        JobQueue,
        FieldCipher])
], ImportsRepository);
export { ImportsRepository };
//# sourceMappingURL=imports.repository.js.map