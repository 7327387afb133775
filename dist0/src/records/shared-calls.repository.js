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
/** Counts the recent calls to the vendor of all instances that share a database. */
let SharedCallsRepository = class SharedCallsRepository {
    database;
    constructor(database) {
        this.database = database;
    }
    /** Whether there can be other instances. */
    get isShared() {
        return this.database.driver === 'postgres';
    }
    /**
     * Takes one call of a budget, one instance at a time.
     *
     * @param budget identifies the vendor's credentials, which instances share
     * @param limit calls in any 60 seconds, each counted until a minute after its end
     * @returns 0 if the call was taken, else the milliseconds until one may be free
     */
    async take(callId, budget, limit) {
        const { rows } = await this.database.query('select meniscus.take_call($1::uuid, $2, $3) as wait_ms', [callId, budget, limit]);
        return rows[0]?.wait_ms ?? 0;
    }
    async end(callId) {
        await this.database.query('update meniscus.calls set ended_at = clock_timestamp() where id = $1::uuid', [
            callId,
        ]);
    }
    /** Removes a call that was taken and then not made. */
    async giveBack(callId) {
        await this.database.query('delete from meniscus.calls where id = $1::uuid', [callId]);
    }
};
SharedCallsRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database])
], SharedCallsRepository);
export { SharedCallsRepository };
//# sourceMappingURL=shared-calls.repository.js.map