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
import { pino } from 'pino';
import { Settings } from '../config/settings.js';
import { StartupError } from '../config/startup-error.js';
import { EventLog } from './event-log.js';
import { HealthRegistry } from './health-registry.js';
import { LineOutput } from './line-output.js';
/** Limits the events kept in memory while they cannot be written; later ones are lost. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;
function open(file) {
    try {
        return new LineOutput(file);
    }
    catch {
        throw new StartupError('AUDIT_LOG_FILE names a file that cannot be written.');
    }
}
/** Writes audit events to a stream of their own, which no log level silences. */
let AuditLog = class AuditLog {
    output;
    stream;
    pino;
    newEvents = 0;
    onWritten = () => {
        this.newEvents -= 1;
    };
    reopen = () => this.output.reopen();
    constructor({ AUDIT_LOG_FILE }, standardOutput, log, health) {
        this.output = AUDIT_LOG_FILE === undefined ? standardOutput : open(AUDIT_LOG_FILE);
        this.stream = this.output.stream({ maxUnwrittenBytes: MAX_UNWRITTEN_BYTES, holdMs: 0 });
        this.output.on('fault', (error) => log.fault('audit.not-written', error));
        this.output.on('recovered', () => {
            log.write('info', 'audit.written-again', { lostCount: this.stream.takeLostCount() });
        });
        health.register('audit', () => (this.output.hasFault ? 'audit events cannot be written' : undefined));
        this.pino = pino({ base: { service: 'meniscus', audit: true } }, this.stream);
        // Without this, the signal would end the process.
        process.on('SIGHUP', this.reopen);
    }
    /** Whether an event has not been offered to the file or the reader yet. */
    get hasNewEvents() {
        return this.newEvents > 0;
    }
    write(event, facts) {
        this.pino.info({ event, ...facts });
        this.newEvents += 1;
        this.output.whenWritten(this.onWritten);
    }
    /** Calls back when the events so far are written, or kept until they can be. */
    whenWritten(done) {
        this.output.whenWritten(done);
    }
    onApplicationShutdown() {
        process.off('SIGHUP', this.reopen);
        this.output.close();
    }
};
AuditLog = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Settings,
        LineOutput,
        EventLog,
        HealthRegistry])
], AuditLog);
export { AuditLog };
//# sourceMappingURL=audit-log.js.map