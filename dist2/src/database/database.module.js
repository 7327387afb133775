var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import { Inject, Injectable, Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { Database } from './database.js';
import { JobQueue } from './job-queue.js';
import { prepareDatabase } from './prepare-database.js';
const PREPARED_DATABASE = Symbol('prepared database');
/** Closes the database after everything that uses it has ended: requests, delivery and workers. */
let DatabaseLifecycle = class DatabaseLifecycle {
    prepared;
    constructor(prepared, health) {
        this.prepared = prepared;
        health.register('database', () => prepared.database.whyUnavailable());
    }
    async onApplicationShutdown() {
        await this.prepared.close();
    }
};
DatabaseLifecycle = __decorate([
    Injectable(),
    __param(0, Inject(PREPARED_DATABASE)),
    __metadata("design:paramtypes", [Object, HealthRegistry])
], DatabaseLifecycle);
export { DatabaseLifecycle };
/** Opens and migrates the database before anything else runs, and starts the job queue in it. */
let DatabaseModule = class DatabaseModule {
};
DatabaseModule = __decorate([
    Module({
        providers: [
            {
                provide: PREPARED_DATABASE,
                inject: [Settings, EventLog],
                useFactory: (settings, log) => prepareDatabase(settings, log),
            },
            {
                provide: Database,
                inject: [PREPARED_DATABASE],
                useFactory: ({ database }) => database,
            },
            { provide: JobQueue, inject: [PREPARED_DATABASE], useFactory: ({ queue }) => queue },
            DatabaseLifecycle,
        ],
        exports: [Database, JobQueue],
    })
], DatabaseModule);
export { DatabaseModule };
//# sourceMappingURL=database.module.js.map