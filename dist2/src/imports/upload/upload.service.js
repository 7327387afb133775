var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { isSafeToRepeat } from '../../delivery/update.js';
import { EventLog } from '../../observability/event-log.js';
import { Problem, outOfBounds } from '../../problems/problem.js';
import { ImportRowsRepository } from '../../records/import-rows.repository.js';
import { ImportRetentionRepository } from '../../records/import-retention.repository.js';
import { ImportsRepository } from '../../records/imports.repository.js';
import { checkRoute } from '../../security/check-bounds.js';
import { principalId } from '../../security/principal.js';
import { PointsAllowance } from '../../writes/credits/points-allowance.service.js';
import { keyRequired } from '../../writes/idempotency/idempotency-problems.js';
import { KEY_HEADER } from '../../writes/idempotency/read-key.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { ChunkPacker } from './pack-chunks.js';
import { prepareLines } from './prepare-lines.js';
import { StoredMistakes } from './stored-mistakes.js';
import { tooManyImports } from './too-many-imports.js';
/** Much shorter than the time after which an upload counts as abandoned. */
const TOUCH_EVERY_MS = 15_000;
/** Stores uploads completely or not at all, and reads them no faster than the database can store them. */
let UploadService = class UploadService {
    imports;
    retention;
    rows;
    settings;
    allowance;
    log;
    constructor(imports, retention, rows, settings, allowance, log) {
        this.imports = imports;
        this.retention = retention;
        this.rows = rows;
        this.settings = settings;
        this.allowance = allowance;
        this.log = log;
    }
    /** Prepares the lines like the bodies of single requests of the kind. */
    prepare(lines, { kind, route, principal }) {
        return prepareLines(lines, UPDATE_KINDS[kind], { route, bounds: principal, settings: this.settings });
    }
    /**
     * Creates an import from an upload.
     *
     * @throws Problem if the upload cannot be read, is too large, empty or incomplete; `points-limit`, `too-many-imports`
     */
    async upload(lines, request, options) {
        return this.create(this.prepare(lines, request), request, options);
    }
    /**
     * Creates an import from the failed lines of another import. They keep their numbers. Unknown lines are not included.
     *
     * @throws Problem `import-state` if the import has no failed lines, or they were removed; `out-of-bounds` if the caller
     * may not use its route; `too-many-imports`
     */
    async retry(old, principal, options) {
        const hasEnded = old.finishedAt !== null && old.emptiedAt === null;
        if (!hasEnded || old.failed === 0) {
            throw new Problem('import-state');
        }
        const route = old.route;
        const outside = checkRoute(route, principal);
        if (outside.length > 0)
            throw outOfBounds(outside);
        const request = { kind: old.kind, route, onInvalid: 'skip', principal };
        return this.create(this.prepare(this.failedLines(old.id), request), request, options, old);
    }
    async *failedLines(importId) {
        for (let found = await this.rows.failedItems(importId, 0); found;) {
            for (const { line, dto } of found.items)
                yield { line, value: dto };
            // oxlint-disable-next-line no-await-in-loop -- in the order of lines
            found = await this.rows.failedItems(importId, found.number);
        }
    }
    /** @param retryOf the import with these failed lines */
    async create(lines, { kind, route, onInvalid, principal }, { maxOpen, mayCreditPoints, onAccepted }, retryOf) {
        const id = randomUUID();
        const created = {
            id,
            kind,
            route,
            onInvalid,
            principal: principalId(principal),
            ...(retryOf && { retryOf: retryOf.id }),
        };
        if (!(await this.imports.createWithin(maxOpen, created)))
            throw tooManyImports(maxOpen);
        const touching = setInterval(() => {
            this.imports.touch(id).catch(() => undefined); // the next statement reports the error
        }, TOUCH_EVERY_MS);
        const packer = new ChunkPacker();
        const mistakes = new StoredMistakes();
        const countsPoints = principal.maxPointsPerDay !== undefined;
        let lastLine = 0;
        const store = async (step) => {
            if (step)
                await this.rows.store(id, step);
        };
        try {
            for await (const one of lines) {
                lastLine = one.line;
                if ('mistakes' in one) {
                    await store(packer.addInvalid(one.line, mistakes.resultOf(one.line, one)));
                    continue;
                }
                if (!mayCreditPoints)
                    rejectCredit(one.line, one.update);
                const points = countsPoints ? one.update.credit?.points : 0;
                await store(packer.addItem(one.line, one.dto, points));
            }
            if (lastLine === 0)
                throw nothingToImport(retryOf);
            await store(packer.take());
            const accepted = await this.imports.accept(id, retryOf?.lineCount ?? lastLine, async (tx, stored) => {
                const day = await this.allowance.count(principal, packer.pointCount, tx);
                if (day !== undefined)
                    await this.imports.countOn(tx, id, day);
                await onAccepted(tx, stored);
            });
            this.log.write('info', 'import.accepted', { importId: id, itemCount: accepted.total });
            return accepted;
        }
        catch (error) {
            // If this fails too, ImportSweep discards the upload later.
            await this.retention.discard(id).catch(() => undefined);
            throw error;
        }
        finally {
            clearInterval(touching);
        }
    }
};
UploadService = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [ImportsRepository,
        ImportRetentionRepository,
        ImportRowsRepository,
        Settings,
        PointsAllowance,
        EventLog])
], UploadService);
export { UploadService };
/** @throws Problem `idempotency-key-required` with the number of the line if it credits points */
function rejectCredit(line, update) {
    if (isSafeToRepeat(update))
        return;
    throw keyRequired([
        { header: KEY_HEADER, message: `is required for lines that credit points, such as line ${line}` },
    ]);
}
/** All failed lines of an import may have been erased since it ended. */
function nothingToImport(retryOf) {
    if (retryOf)
        return new Problem('import-state');
    return new Problem('upload-unreadable', { detail: 'The upload has no line.' });
}
//# sourceMappingURL=upload.service.js.map