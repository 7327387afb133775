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
import { EventLog } from '../../observability/event-log.js';
import { ImportRetentionRepository } from '../../records/import-retention.repository.js';
import { ImportsRepository } from '../../records/imports.repository.js';
import { Sweeper } from '../../database/sweeper.js';
const SWEEP_EVERY_MS = 15_000;
/** An upload touches its import far more often. */
const ABANDONED_AFTER_MS = 60_000;
/** A running import stores results more often, unless it may make very few calls. */
const STUCK_AFTER_MS = 60_000;
/**
 * Cleans up imports: discards uploads after their process ended, enqueues imports that make no progress, cancels those that
 * were paused for too long, and removes the lines and results of those that ended long ago.
 */
let ImportSweep = class ImportSweep extends Sweeper {
    imports;
    retention;
    settings;
    log;
    constructor(imports, retention, settings, log) {
        super(SWEEP_EVERY_MS, (error) => log.fault('imports.not-swept', error));
        this.imports = imports;
        this.retention = retention;
        this.settings = settings;
        this.log = log;
    }
    async sweep() {
        for (const id of await this.retention.abandoned(ABANDONED_AFTER_MS)) {
            // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
            await this.retention.discard(id);
            this.log.write('info', 'import.discarded', { importId: id });
        }
        for (const id of await this.retention.stuck(STUCK_AFTER_MS)) {
            // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
            await this.imports.enqueueAgain(id);
        }
        for (const id of await this.retention.cancelExpired(this.settings.IMPORT_RETENTION_MS)) {
            this.log.write('info', 'import.cancelled', { importId: id, because: 'paused-too-long' });
        }
        for (const id of await this.retention.expired(this.settings.IMPORT_RETENTION_MS)) {
            // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
            await this.retention.empty(id);
            this.log.write('info', 'import.emptied', { importId: id });
        }
    }
};
ImportSweep = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [ImportsRepository,
        ImportRetentionRepository,
        Settings,
        EventLog])
], ImportSweep);
export { ImportSweep };
//# sourceMappingURL=import-sweep.js.map