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
import { Settings } from '../../config/settings.js';
import { Problem } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { creditIdsOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { keyRequired, refusalOf } from './idempotency-problems.js';
import { NONE_KNOWN } from './held.js';
import { leaseMs, release } from './lease.js';
import { readKeyOf, recordOf } from './read-key.js';
import { fingerprintRequest, pathOf } from './request-fingerprint.js';
import { creditsWithoutKey } from './sent-items.js';
import { answerOf, answerOfProblem, isFinal, replay, send } from './stored-answer.js';
const WITHOUT_KEY = { kind: 'held', known: NONE_KNOWN, guards: new Map() };
const NO_CREDITS = new Map();
/**
 * Keeps the promise of `Idempotency-Key` for whole requests: `reserve`, work, `keep`. The answer is kept before the
 * caller gets it, so a caller who asks again after any answer gets the same one.
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
let RequestKeys = class RequestKeys {
    records;
    credits;
    settings;
    log;
    constructor(records, credits, settings, log) {
        this.records = records;
        this.credits = credits;
        this.settings = settings;
        this.log = log;
    }
    /**
     * Reserves the key of a request, where it has one.
     *
     * @param sent the items that may credit points; absent where the endpoint credits none
     * @throws Problem where the key is in use, belongs to another request, or is missing and points are credited
     */
    async reserve(request, sent) {
        const key = readKeyOf(request);
        if (key === undefined) {
            if (sent)
                this.demandKey(sent);
            return WITHOUT_KEY;
        }
        const record = recordOf(request, key);
        const creditIds = sent ? creditIdsOf(record, sent) : NO_CREDITS;
        const { method, body } = request;
        const query = request.query;
        const reserved = await this.records.reserve(record, {
            fingerprint: fingerprintRequest({ method, path: pathOf(request), query, body }),
            leaseMs: leaseMs(this.settings),
            creditIds: [...creditIds.values()],
        });
        switch (reserved.kind) {
            case 'replay':
                this.log.write('info', 'idempotency.replayed', { status: reserved.answer.status });
                return { kind: 'answered', answer: reserved.answer };
            case 'running':
            case 'conflict':
                throw refusalOf(reserved.kind);
            case 'reserved':
                return this.hold(reserved, creditIds);
        }
    }
    /**
     * Keeps an answer, where the request has a key. Whatever becomes of the record, the caller gets the true answer.
     *
     * @param answer of a batch: where a part of it failed, the key stays open for that part
     * @returns what to send as the body
     */
    async keep({ lease }, { status, body }, reply) {
        reply.status(status);
        if (!lease)
            return body;
        const answer = answerOf(status, body);
        await this.finish(lease, answer, hasFailed(body));
        return send(reply, answer);
    }
    /**
     * Ends the right after an error. A final problem is kept as the answer; after any other one the key may try again.
     * After a fault that was not planned, points may have been sent: the lease stays, and the next process that takes it
     * over looks at the credits.
     */
    async release({ lease, guards }, error, requestId) {
        if (!lease)
            return;
        if (error instanceof Problem && isFinal(error)) {
            await this.finish(lease, answerOfProblem(error, requestId), false);
        }
        else if (error instanceof Problem || guards.size === 0) {
            await release(lease.leaseToken, this.records, this.log);
        }
    }
    /** Does work that credits no points once for each key, and otherwise answers as before. */
    async once(reply, work) {
        const held = await this.reserve(reply.request);
        if (held.kind === 'answered')
            return replay(reply, held.answer);
        try {
            const body = await work();
            return await this.keep(held, { status: reply.statusCode, body }, reply);
        }
        catch (error) {
            await this.release(held, error, reply.request.id);
            throw error;
        }
    }
    /** @throws Problem `idempotency-key-required`, pointing at all that credits points without a key */
    demandKey(sent) {
        if (this.settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false')
            return;
        const mistakes = creditsWithoutKey(sent);
        if (mistakes.length > 0)
            throw keyRequired(mistakes);
    }
    async hold(reserved, creditIds) {
        const guards = new Map([...creditIds].map(([index, creditId]) => [index, { id: creditId, lease: reserved.leaseToken }]));
        const held = { kind: 'held', lease: reserved, known: outcomesIn(reserved.earlier), guards };
        if (!reserved.isTakenOver)
            return held;
        const open = [...creditIds].filter(([index]) => !held.known.has(index));
        const left = await takeOverCredits(this.credits, new Map(open));
        return { ...held, known: new Map([...held.known, ...left]) };
    }
    async finish(lease, answer, isInPart) {
        const { status } = answer;
        try {
            const isKept = isInPart
                ? await this.records.finishInPart(lease, answer)
                : await this.records.finish(lease, answer);
            if (!isKept)
                this.log.write('warn', 'idempotency.lease-lost', { status });
        }
        catch (error) {
            this.log.fault('idempotency.not-kept', error, { status });
        }
    }
};
RequestKeys = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [IdempotencyRepository,
        CreditsRepository,
        Settings,
        EventLog])
], RequestKeys);
export { RequestKeys };
function outcomesOf(body) {
    return body.outcomes ?? [];
}
/** Whether a part of a batch was not applied and may be tried again. */
function hasFailed(body) {
    return outcomesOf(body).some(({ outcome }) => outcome === 'failed');
}
/** The outcomes of an earlier answer, without those that may be tried again. */
function outcomesIn(earlier) {
    if (earlier === undefined)
        return NONE_KNOWN;
    return new Map(outcomesOf(JSON.parse(earlier)).flatMap((outcome, index) => outcome.outcome === 'failed' ? [] : [[index, outcome]]));
}
//# sourceMappingURL=request-keys.service.js.map