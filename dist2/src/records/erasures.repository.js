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
export const ERASURE_QUEUE = 'erasure';
const COLUMNS = `id, lines, answers, credits, created_at as "createdAt", finished_at as "finishedAt"`;
/** The encryption context of an erasure's identifiers. */
export function identifiersContext(id) {
    return `erasures:${id}`;
}
/** Adds to the counts of an erasure, in the transaction that erases. */
export async function countErased(tx, id, { lines = 0, answers = 0, credits = 0 }) {
    await tx.query('update meniscus.erasures set lines = lines + $2, answers = answers + $3, credits = credits + $4 where id = $1', [id, lines, answers, credits]);
}
/** Stores erasures of customers, and the imports that each still has to walk. A finished erasure keeps no identifiers. */
let ErasuresRepository = class ErasuresRepository {
    database;
    queue;
    cipher;
    constructor(database, queue, cipher) {
        this.database = database;
        this.queue = queue;
        this.cipher = cipher;
    }
    /**
     * Stores the erasure, its job, and the list of all imports of the account that still have lines.
     *
     * @param startAfter a time when all requests that are running now have ended
     */
    async create({ id, identifiers, source, accountId }, startAfter) {
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`insert into meniscus.erasures (id, identifiers, source, account_id) values ($1, $2, $3, $4) returning ${COLUMNS}`, [id, this.cipher.encrypt(identifiers, identifiersContext(id)), source, accountId]);
            await tx.query(`insert into meniscus.erasure_imports (erasure_id, import_id)
         select $1::uuid, id from meniscus.imports
         where emptied_at is null and route->>'source' = $2 and route->>'accountId' is not distinct from $3::text`, [id, source, accountId]);
            await this.queue.enqueue(tx, ERASURE_QUEUE, [{ data: { erasureId: id }, startAfter }]);
            const [created] = rows;
            if (!created)
                throw new Error('the insert returned no row');
            return created;
        });
    }
    async find(id) {
        const { rows } = await this.database.query(`select ${COLUMNS} from meniscus.erasures where id = $1`, [id]);
        return rows[0];
    }
    /** @returns undefined if the erasure is finished */
    async open(id) {
        const { rows } = await this.database.background.query(`select id, identifiers, source, account_id as "accountId" from meniscus.erasures
       where id = $1 and finished_at is null`, [id]);
        const [found] = rows;
        return found && { ...found, identifiers: this.cipher.decrypt(found.identifiers, identifiersContext(id)) };
    }
    /** Returns the next import to walk; imports that are still uploading come last. */
    async nextImport(id) {
        const { rows } = await this.database.background.query(`select i.id, i.state = 'uploading' as "isUploading"
       from meniscus.erasure_imports e join meniscus.imports i on i.id = e.import_id
       where e.erasure_id = $1 order by 2, 1 limit 1`, [id]);
        return rows[0];
    }
    /** Marks an import as walked, and adds the imports that were created from its failed lines meanwhile. */
    async endImport(id, importId) {
        await this.database.transaction(async (tx) => {
            await tx.query(`insert into meniscus.erasure_imports (erasure_id, import_id)
         select $1::uuid, id from meniscus.imports where retry_of = $2 and emptied_at is null on conflict do nothing`, [id, importId]);
            await tx.query('delete from meniscus.erasure_imports where erasure_id = $1 and import_id = $2', [
                id,
                importId,
            ]);
        });
    }
    async finish(id) {
        await this.database.query('update meniscus.erasures set finished_at = now(), identifiers = null where id = $1', [id]);
    }
};
ErasuresRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        JobQueue,
        FieldCipher])
], ErasuresRepository);
export { ErasuresRepository };
//# sourceMappingURL=erasures.repository.js.map