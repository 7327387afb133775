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
import * as openapi_import_1 from "./dto/import.dto.js";
import * as openapi from "@nestjs/swagger";
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res, StreamableFile, } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Settings } from '../config/settings.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { Problem } from '../problems/problem.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { isUuid } from '../validation/validate-as.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { RequestKeys } from '../writes/idempotency/request-keys.service.js';
import { TransactionKeys } from '../writes/idempotency/transaction-keys.service.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayAccess } from '../security/ownership.js';
import { callerOf } from '../security/principal.js';
import { ImportRowsRepository } from '../records/import-rows.repository.js';
import { ImportsRepository } from '../records/imports.repository.js';
import { acceptedResponse } from './upload/accepted-response.js';
import { ImportDto, ResultQueryDto } from './dto/import.dto.js';
import { demandScopeOf } from './import-kinds.js';
import { importOptions } from './upload/import-options.js';
import { streamEvents } from './results/stream-events.js';
import { toImportDto } from './results/to-import-dto.js';
import { streamResults } from './results/stream-results.js';
import { UploadService } from './upload/upload.service.js';
/** How often an open event stream reads its import. */
const POLL_EVERY_MS = 500;
const stream = { schema: { type: 'string' } };
const ApiId = ApiParam({ name: 'id', description: 'The id of the import.', schema: { type: 'string' } });
/** Without them, a proxy with its defaults collects events, and people see them late and together. */
const UNBUFFERED = { 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' };
let OneImportController = class OneImportController {
    imports;
    rows;
    uploads;
    keys;
    requestKeys;
    settings;
    health;
    constructor(imports, rows, uploads, keys, requestKeys, settings, health) {
        this.imports = imports;
        this.rows = rows;
        this.uploads = uploads;
        this.keys = keys;
        this.requestKeys = requestKeys;
        this.settings = settings;
        this.health = health;
    }
    /** Returns an import with its progress. */
    async readImport(id, request) {
        return toImportDto(await this.find(id, request, 'ops:read'));
    }
    /** Returns the outcome of each line as NDJSON, or as CSV if `Accept` is `text/csv`. */
    async listImportResults(id, { outcome }, accept, request) {
        await this.find(id, request, 'ops:read', (one) => this.imports.findVerified(one));
        const format = accept?.includes('text/csv') ? 'csv' : 'ndjson';
        const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
        return new StreamableFile(Readable.from(streamResults(this.rows, id, format, outcome)), { type });
    }
    /** Streams every change as a server-sent event until the import has ended. `Last-Event-ID` continues after an event. */
    async watchImport(id, lastId, request, reply) {
        await this.find(id, request, 'ops:read');
        reply.headers(UNBUFFERED);
        const seenVersion = /^\d{1,9}$/.test(lastId ?? '') ? Number(lastId) : -1;
        const events = streamEvents(() => this.imports.find(id), { isStopping: () => this.health.isShuttingDown, wait: () => wait(POLL_EVERY_MS) }, seenVersion);
        return new StreamableFile(Readable.from(events), { type: 'text/event-stream' });
    }
    /** Pauses an import. Calls in flight end. An import that stays paused for IMPORT_RETENTION_MS is cancelled. */
    async pauseImport(id, reply) {
        return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'pause'));
    }
    /** Resumes a paused import. */
    async resumeImport(id, reply) {
        return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'resume'));
    }
    /** Cancels an import. Calls in flight end, and all other lines become `failed`. */
    async cancelImport(id, reply) {
        return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'cancel'));
    }
    /** Creates a new import from the failed lines of an import that has ended, without its unknown lines. It also needs the scope of the import's kind. */
    async retryImport(id, request, reply) {
        return this.keys.run({ request, reply }, async (keyed) => {
            const old = await this.find(id, request, 'ops:write', (one) => this.imports.findVerified(one));
            const principal = callerOf(request);
            demandScopeOf(old.kind, principal);
            const accepted = await this.uploads.retry(old, principal, importOptions(keyed, this.settings));
            noteForAudit(request, { importId: accepted.id, itemCount: accepted.total });
            return acceptedResponse(accepted);
        });
    }
    /** Finds an import of the caller, or of any owner if the caller has the scope. Other imports are not found. */
    async find(id, request, scope, read = (one) => this.imports.find(one)) {
        const found = isUuid(id) ? await read(id) : undefined;
        if (!found || !mayAccess(request, found.principal, scope))
            throw new Problem('import-not-found');
        return found;
    }
    async transition(id, request, action) {
        await this.find(id, request, 'ops:write');
        const transitioned = await this.imports.transition(id, action);
        if (!transitioned?.allowed)
            throw new Problem('import-state');
        return toImportDto(transitioned.found);
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Returns an import with its progress." }),
    Get(),
    RequireScope('imports:read'),
    ApiId,
    ApiProblems(404, 503),
    ApiOkResponse({ type: ImportDto, description: 'The import.' }),
    __param(0, Param('id')),
    __param(1, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "readImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Returns the outcome of each line as NDJSON, or as CSV if `Accept` is `text/csv`." }),
    Get('results'),
    RequireScope('imports:read'),
    ApiId,
    ApiProblems(400, 404, 503),
    ApiOkResponse({
        description: 'One outcome with its line number on each line, in the order of the upload.',
        content: { 'application/x-ndjson': stream },
    }),
    __param(0, Param('id')),
    __param(1, Query(ValidQuery)),
    __param(2, Headers('accept')),
    __param(3, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, ResultQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "listImportResults", null);
__decorate([
    openapi.ApiOperation({ summary: "Streams every change as a server-sent event until the import has ended. `Last-Event-ID` continues after an event." }),
    Get('events'),
    RequireScope('imports:read'),
    ApiId,
    ApiProblems(404, 503),
    ApiOkResponse({
        description: 'Events of the type `import`. Each holds the import, and has its version as the id.',
        content: { 'text/event-stream': stream },
    }),
    __param(0, Param('id')),
    __param(1, Headers('last-event-id')),
    __param(2, Req()),
    __param(3, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object, Object, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "watchImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Pauses an import. Calls in flight end. An import that stays paused for IMPORT_RETENTION_MS is cancelled." }),
    Post('pause'),
    RequireScope('imports:write'),
    HttpCode(200),
    ApiIdempotencyKey({ creditsPoints: false }),
    ApiId,
    ApiProblems(400, 404, 408, 409, 413, 415, 422, 503),
    ApiOkResponse({ type: ImportDto, description: 'The import is paused.' }),
    __param(0, Param('id')),
    __param(1, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "pauseImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Resumes a paused import." }),
    Post('resume'),
    RequireScope('imports:write'),
    HttpCode(200),
    ApiIdempotencyKey({ creditsPoints: false }),
    ApiId,
    ApiProblems(400, 404, 408, 409, 413, 415, 422, 503),
    ApiOkResponse({ type: ImportDto, description: 'The import is queued again.' }),
    __param(0, Param('id')),
    __param(1, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "resumeImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Cancels an import. Calls in flight end, and all other lines become `failed`." }),
    Post('cancel'),
    RequireScope('imports:write'),
    HttpCode(200),
    ApiIdempotencyKey({ creditsPoints: false }),
    ApiId,
    ApiProblems(400, 404, 408, 409, 413, 415, 422, 503),
    ApiOkResponse({ type: ImportDto, description: 'The import is being cancelled.' }),
    __param(0, Param('id')),
    __param(1, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "cancelImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Creates a new import from the failed lines of an import that has ended, without its unknown lines. It also needs the scope of the import's kind." }),
    Post('retry'),
    RequireScope('imports:write'),
    HttpCode(202),
    ApiIdempotencyKey({ creditsPoints: true }),
    ApiId,
    ApiProblems(400, 404, 408, 409, 413, 415, 422, 503),
    ApiAcceptedResponse({ type: ImportDto, description: 'The new import. `Location` is its URL.' }),
    __param(0, Param('id')),
    __param(1, Req()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object, Object]),
    __metadata("design:returntype", Promise)
], OneImportController.prototype, "retryImport", null);
OneImportController = __decorate([
    ApiTags('imports'),
    Controller('v1/imports/:id'),
    __metadata("design:paramtypes", [ImportsRepository,
        ImportRowsRepository,
        UploadService,
        TransactionKeys,
        RequestKeys,
        Settings,
        HealthRegistry])
], OneImportController);
export { OneImportController };
//# sourceMappingURL=one-import.controller.js.map