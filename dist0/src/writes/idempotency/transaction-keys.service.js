var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { EventLog } from '../../observability/event-log.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { keyInUse, keyReused, refusalOf } from './idempotency-problems.js';
import { release, leaseMs } from './lease.js';
import { readKeyOf, recordOf } from './read-key.js';
import { fingerprintRequest, pathOf } from './request-fingerprint.js';
import { replay, send } from './stored-answer.js';
async function* hashed(bytes, hash) {
    for await (const piece of bytes) {
        hash.update(piece);
        yield piece;
    }
}
async function digestOf(bytes) {
    const hash = createHash('sha256');
    for await (const piece of bytes)
        hash.update(piece);
    return hash.digest();
}
/**
 * Keeps the promise of `Idempotency-Key` for requests that end with one transaction, which also keeps the answer:
 * whenever the process ends, either both are stored or neither is. So another process can take the work over at any time,
 * also when it credits points. The body may be a stream: a digest of it is kept with the answer.
 */
let TransactionKeys = class TransactionKeys {
    records;
    settings;
    log;
    constructor(records, settings, log) {
        this.records = records;
        this.settings = settings;
        this.log = log;
    }
    /**
     * Returns the earlier answer, or does the work.
     *
     * @returns what to send as the body
     * @throws Problem of the work, or where the key is in use or belongs to another request
     */
    async run(asked, work) {
        const { request, reply, body } = asked;
        const bytes = body?.bytes ?? Readable.from([]);
        const key = readKeyOf(request);
        if (key === undefined) {
            return send(reply, await work({ bytes, hasKey: false, keep: async () => undefined }));
        }
        const reserved = await this.reserve(asked, key);
        switch (reserved.kind) {
            case 'reserved':
                return send(reply, await this.runUnder(reserved, bytes, work));
            case 'replay':
                return this.replaySame(reply, reserved.answer, bytes);
            case 'running':
            case 'conflict':
                throw refusalOf(reserved.kind);
        }
    }
    reserve({ request, body }, key) {
        const { method } = request;
        const query = request.query;
        return this.records.reserve(recordOf(request, key), {
            fingerprint: fingerprintRequest({ method, path: pathOf(request), query, body: body?.type ?? null }),
            leaseMs: leaseMs(this.settings),
            creditIds: [], // none leaves before the transaction
        });
    }
    async runUnder(held, bytes, work) {
        const { leaseToken } = held;
        const hash = createHash('sha256');
        const lastsMs = leaseMs(this.settings);
        const extending = setInterval(() => {
            this.records.extendLease(leaseToken, lastsMs).catch(() => undefined); // keeping the answer reports it
        }, lastsMs / 3);
        try {
            return await work({
                bytes: hashed(bytes, hash),
                hasKey: true,
                keep: async (tx, answer) => {
                    const isKept = await this.records.finish(held, { ...answer, bodyDigest: hash.digest() }, tx);
                    if (isKept)
                        return;
                    this.log.write('warn', 'idempotency.lease-lost', { status: answer.status });
                    throw keyInUse();
                },
            });
        }
        catch (error) {
            await release(leaseToken, this.records, this.log);
            throw error;
        }
        finally {
            clearInterval(extending);
        }
    }
    /** Only the whole body shows whether it is the same request. */
    async replaySame(reply, answer, bytes) {
        const digest = await digestOf(bytes);
        if (!answer.bodyDigest?.equals(digest))
            throw keyReused();
        this.log.write('info', 'idempotency.replayed', { status: answer.status });
        return replay(reply, answer);
    }
};
TransactionKeys = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [IdempotencyRepository,
        Settings,
        EventLog])
], TransactionKeys);
export { TransactionKeys };
//# sourceMappingURL=transaction-keys.service.js.map