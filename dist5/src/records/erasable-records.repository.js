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
import { payloadContext } from './credits.repository.js';
import { Database } from '../database/database.js';
import { countErased } from './erasures.repository.js';
import { answerContext } from './idempotency-record.js';
import { FieldCipher } from './encryption/field-cipher.js';
/** Erases customers from stored answers and from payloads of credits. */
let ErasableRecordsRepository = class ErasableRecordsRepository {
    database;
    cipher;
    constructor(database, cipher) {
        this.database = database;
        this.cipher = cipher;
    }
    /** Returns a page of answers in the order of their keys. */
    async answersAfter({ principal, endpoint, key }, limit) {
        const { rows } = await this.database.background.query(`select principal, endpoint, key, body from meniscus.idempotency_records
       where (principal, endpoint, key) > ($1, $2, $3) order by principal, endpoint, key limit $4`, [principal, endpoint, key, limit]);
        const last = rows.at(-1);
        return {
            found: rows.flatMap(({ body, ...record }) => body === null ? [] : [{ ...record, body: this.cipher.decrypt(body, answerContext(record)) }]),
            ...(last && { last }),
        };
    }
    /**
     * Replaces an answer; the key protects against duplicates as before.
     *
     * @param replace maps the current body to the new one; undefined if there is nothing to erase
     * @returns false while a request continues from this answer
     */
    async replaceAnswer(erasureId, record, replace) {
        const { principal, endpoint, key } = record;
        return this.database.transaction(async (tx) => {
            const { rows } = await tx.query(`select body, state = 'running' and lease_until > now() as "isRunning" from meniscus.idempotency_records
         where principal = $1 and endpoint = $2 and key = $3 for update`, [principal, endpoint, key]);
            const [found] = rows;
            if (!found || found.body === null)
                return true;
            if (found.isRunning)
                return false;
            const replaced = replace(this.cipher.decrypt(found.body, answerContext(record)));
            if (replaced === undefined)
                return true;
            await tx.query('update meniscus.idempotency_records set body = $4 where principal = $1 and endpoint = $2 and key = $3', [principal, endpoint, key, this.cipher.encrypt(replaced, answerContext(record))]);
            await countErased(tx, erasureId, { answers: 1 });
            return true;
        });
    }
    /** Returns a page of payloads, oldest first, so that a credit that is released meanwhile under a new id comes later. */
    async payloadsAfter({ source, accountId }, { createdAt, id }, limit) {
        const { rows } = await this.database.background.query(
        // As text: a Date would lose the microseconds.
        `select id, principal, points, payload, created_at::text as "createdAt" from meniscus.credits
       where payload is not null and route->>'source' = $1 and route->>'accountId' is not distinct from $2::text
         and (created_at, id) > ($3::timestamptz, $4) order by created_at, id limit $5`, [source, accountId, createdAt, id, limit]);
        return rows.map(({ principal, points, ...row }) => ({
            ...row,
            payload: this.cipher.decrypt(row.payload, payloadContext({ id: row.id, principal, points })),
        }));
    }
    /** Deletes the payload of a credit, and of the credit that it was just released to. The credit itself stays listed. */
    async erasePayload(erasureId, id) {
        await this.database.transaction(async (tx) => {
            const { rows } = await tx.query('select resent_as as "resentAs" from meniscus.credits where id = $1 for update', [id]);
            const { rowCount } = await tx.query('update meniscus.credits set payload = null where id = any($1::text[]) and payload is not null', [[id, ...rows.flatMap(({ resentAs }) => resentAs ?? [])]]);
            await countErased(tx, erasureId, { credits: rowCount });
        });
    }
};
ErasableRecordsRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        FieldCipher])
], ErasableRecordsRepository);
export { ErasableRecordsRepository };
//# sourceMappingURL=erasable-records.repository.js.map