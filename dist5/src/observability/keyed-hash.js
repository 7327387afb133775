var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
/** 64 bits: enough to distinguish millions of customers. */
const DIGITS = 16;
/** Most customers that one event names. */
const MAX_CUSTOMERS = 10;
/**
 * Computes the hashes that replace customers in logs and audit events: HMAC-SHA256 with `LOG_HASH_KEY`. An operator with the key
 * can follow a known customer, and no one else can find out who it is.
 */
let KeyedHash = class KeyedHash {
    key;
    constructor({ LOG_HASH_KEY }) {
        this.key = LOG_HASH_KEY ?? randomBytes(32);
    }
    /**
     * Returns a hash for each identifier of the customers, because later updates may use any of them; at most ten in all.
     */
    ofCustomers(subjects) {
        const hashes = new Set();
        for (const { route, customer } of subjects) {
            for (const key of customer) {
                if (hashes.size === MAX_CUSTOMERS)
                    return [...hashes];
                hashes.add(this.of([route.source, route.accountId ?? '', key].join('\n')));
            }
        }
        return [...hashes];
    }
    ofAddress(address) {
        return this.of(`address\n${address}`);
    }
    of(text) {
        return createHmac('sha256', this.key).update(text, 'utf8').digest('hex').slice(0, DIGITS);
    }
};
KeyedHash = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Settings])
], KeyedHash);
export { KeyedHash };
//# sourceMappingURL=keyed-hash.js.map