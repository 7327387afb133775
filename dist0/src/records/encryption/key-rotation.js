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
import { EncryptedColumnsRepository } from './encrypted-columns.repository.js';
import { Sweeper } from '../../database/sweeper.js';
import { FieldCipher } from './field-cipher.js';
/** After a walk, other instances may still encrypt with an older key. */
const WALK_EVERY_MS = 3_600_000;
/**
 * While DATA_KEYS contains more than one key, re-encrypts all stored fields with the first one in the background, and
 * logs when no field needs the other keys any more.
 */
let KeyRotation = class KeyRotation extends Sweeper {
    columns;
    cipher;
    log;
    constructor(columns, cipher, log) {
        super(WALK_EVERY_MS, (error) => log.fault('data-keys.not-rotated', error));
        this.columns = columns;
        this.cipher = cipher;
        this.log = log;
    }
    onApplicationBootstrap() {
        if (this.cipher.oldKeyIds.length > 0)
            void this.sweepRepeatedly();
    }
    async sweep() {
        for (;;) {
            // oxlint-disable-next-line no-await-in-loop -- until a walk finds nothing
            const { reencryptedCount, unreadableCount, missingKeys } = await this.columns.reencrypt(() => this.isStopped);
            if (this.isStopped)
                return;
            if (reencryptedCount > 0) {
                this.log.write('info', 'data-keys.reencrypted', { itemCount: reencryptedCount });
                continue;
            }
            if (unreadableCount === 0) {
                this.log.write('info', 'data-keys.old-ones-unused', { keyIds: this.cipher.oldKeyIds });
            }
            else {
                const facts = { itemCount: unreadableCount, keyIds: missingKeys };
                this.log.write('error', 'data-keys.unreadable-rows', facts);
            }
            return;
        }
    }
};
KeyRotation = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [EncryptedColumnsRepository,
        FieldCipher,
        EventLog])
], KeyRotation);
export { KeyRotation };
//# sourceMappingURL=key-rotation.js.map