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
/** Locks customers across instances while a call updates them. Keys are hashes, so the table names no customer. */
let CustomerLeasesRepository = class CustomerLeasesRepository {
    database;
    constructor(database) {
        this.database = database;
    }
    /** Whether there can be other instances. */
    get isShared() {
        return this.database.driver === 'postgres';
    }
    /** @returns the keys that the holder has now; another instance has the others */
    async acquire(holder, keys, leaseMs) {
        // All instances lock in the same order, so that two never deadlock.
        const { rows } = await this.database.query(`insert into meniscus.customer_leases as l (key, holder, lease_until)
       select key, $1::uuid, clock_timestamp() + $3::float8 * interval '1 millisecond'
       from unnest($2::text[]) as k(key) order by key
       on conflict (key) do update set holder = excluded.holder, lease_until = excluded.lease_until
         where l.holder = excluded.holder or l.lease_until < clock_timestamp()
       returning key`, [holder, [...keys], leaseMs]);
        return new Set(rows.map(({ key }) => key));
    }
    async release(holder, keys) {
        await this.database.query('delete from meniscus.customer_leases where key = any($2::text[]) and holder = $1::uuid', [holder, [...keys]]);
    }
    /** Extends all leases of the holder to this long from now. */
    async extend(holder, leaseMs) {
        await this.database.query(`update meniscus.customer_leases set lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
       where holder = $1::uuid`, [holder, leaseMs]);
    }
};
CustomerLeasesRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database])
], CustomerLeasesRepository);
export { CustomerLeasesRepository };
//# sourceMappingURL=customer-leases.repository.js.map