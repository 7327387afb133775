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
import { EventLog } from '../../observability/event-log.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { Sweeper } from '../../database/sweeper.js';
const SWEEP_EVERY_MS = 60_000;
/** Records that one statement removes, and statements in one run: a long holiday is swept in several runs. */
const RECORDS_AT_ONCE = 1000;
const STATEMENTS_PER_RUN = 20;
/** Removes expired records. */
let IdempotencySweep = class IdempotencySweep extends Sweeper {
    records;
    log;
    constructor(records, log) {
        super(SWEEP_EVERY_MS, (error) => log.fault('idempotency.not-swept', error));
        this.records = records;
        this.log = log;
    }
    async sweep() {
        let itemCount = 0;
        for (let statement = 0; statement < STATEMENTS_PER_RUN && !this.isStopped; statement += 1) {
            // oxlint-disable-next-line no-await-in-loop -- small statements, one after the other
            const removed = await this.records.removeExpired(RECORDS_AT_ONCE);
            itemCount += removed;
            if (removed < RECORDS_AT_ONCE)
                break;
        }
        if (itemCount > 0)
            this.log.write('info', 'idempotency.expired', { itemCount });
    }
};
IdempotencySweep = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [IdempotencyRepository,
        EventLog])
], IdempotencySweep);
export { IdempotencySweep };
//# sourceMappingURL=idempotency-sweep.js.map