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
import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiExtraModels, ApiOkResponse, ApiTags, } from '@nestjs/swagger';
import { Settings } from '../config/settings.js';
import { ApiProblems, ApiUpload } from '../writes/api-responses.decorator.js';
import { resolveRoute } from '../writes/resolve-route.js';
import { STREAMED_TYPES } from '../http/streamed-bodies.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { TransactionKeys } from '../writes/idempotency/transaction-keys.service.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { RequireScope } from '../security/access.decorator.js';
import { ownerFilter } from '../security/ownership.js';
import { callerOf } from '../security/principal.js';
import { ImportsRepository } from '../records/imports.repository.js';
import { acceptedResponse } from './upload/accepted-response.js';
import { ImportDto, ImportListQueryDto, ImportPlanDto, ImportQueryDto, ImportsDto, } from './dto/import.dto.js';
import { IMPORT_EXAMPLES } from './import-examples.js';
import { demandScopeOf } from './import-kinds.js';
import { importOptions } from './upload/import-options.js';
import { planImport } from './upload/plan-dry-run.js';
import { readUpload } from './upload/read-upload.js';
import { SeenIdentifiers } from './upload/seen-identifiers.js';
import { toImportDto } from './results/to-import-dto.js';
import { UploadService } from './upload/upload.service.js';
let ImportsController = class ImportsController {
    uploads;
    imports;
    keys;
    settings;
    identifiers = new SeenIdentifiers();
    constructor(uploads, imports, keys, settings) {
        this.uploads = uploads;
        this.imports = imports;
        this.keys = keys;
        this.settings = settings;
    }
    /**
     * Accepts many updates as a durable job: NDJSON, CSV or a JSON array, of any length. Header names of CSV are field paths such as
     * `identifiers.mobile`, `extendedFields.city` and `cards.0.number`. The body is streamed, and may be compressed with gzip. The
     * request also needs the scope of a single request of the kind.
     */
    async createImport(query, request, reply) {
        const { kind, onInvalid = 'reject' } = query;
        const principal = callerOf(request);
        demandScopeOf(kind, principal);
        const importRequest = {
            kind,
            onInvalid,
            principal,
            route: resolveRoute(query, this.settings, principal),
        };
        const body = request.body;
        const { IMPORT_MAX_LINES: maxLines } = this.settings;
        if (query.dryRun === 'true') {
            const lines = this.uploads.prepare(readUpload(body, maxLines), importRequest);
            const plan = await this.identifiers.during((seen) => planImport(lines, importRequest, this.settings, seen));
            reply.status(200);
            return plan;
        }
        return this.keys.run({ request, reply, body }, async (keyed) => {
            const lines = readUpload({ ...body, bytes: keyed.bytes }, maxLines);
            const accepted = await this.uploads.upload(lines, importRequest, importOptions(keyed, this.settings));
            noteForAudit(request, { importId: accepted.id, itemCount: accepted.total });
            return acceptedResponse(accepted);
        });
    }
    /** Lists your imports, newest first; with the scope `ops:read` the imports of all callers. */
    async listImports({ limit, after }, request) {
        const found = await this.imports.list(limit, after, ownerFilter(request, 'ops:read'));
        const last = found.length === limit ? found.at(-1) : undefined;
        return { imports: found.map((one) => toImportDto(one)), ...(last && { next: last.id }) };
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Accepts many updates as a durable job: NDJSON, CSV or a JSON array, of any length. Header names of CSV are field paths such as\n`identifiers.mobile`, `extendedFields.city` and `cards.0.number`. The body is streamed, and may be compressed with gzip. The\nrequest also needs the scope of a single request of the kind." }),
    Post(),
    RequireScope('imports:write'),
    HttpCode(202),
    ApiIdempotencyKey({ creditsPoints: true }),
    TakesDryRun(),
    ApiUpload(),
    ApiExtraModels(ImportPlanDto),
    ApiConsumes(...STREAMED_TYPES),
    ApiBody({
        description: 'One line, row or element for each update, in the form of the body of a single request.',
        schema: { type: 'array', items: { type: 'object' } },
        examples: IMPORT_EXAMPLES,
    }),
    ApiAcceptedResponse({
        type: ImportDto,
        description: 'The whole upload is stored. `Location` is the URL of the import.',
    }),
    ApiOkResponse({
        type: ImportPlanDto,
        description: 'With dryRun: what the import would be. Nothing is stored.',
    }),
    __param(0, Query(ValidQuery)),
    __param(1, Req()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [ImportQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], ImportsController.prototype, "createImport", null);
__decorate([
    openapi.ApiOperation({ summary: "Lists your imports, newest first; with the scope `ops:read` the imports of all callers." }),
    Get(),
    RequireScope('imports:read'),
    ApiProblems(400, 503),
    ApiOkResponse({ type: ImportsDto, description: 'A page of imports.' }),
    __param(0, Query(ValidQuery)),
    __param(1, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [ImportListQueryDto, Object]),
    __metadata("design:returntype", Promise)
], ImportsController.prototype, "listImports", null);
ImportsController = __decorate([
    ApiTags('imports'),
    Controller('v1/imports'),
    __metadata("design:paramtypes", [UploadService,
        ImportsRepository,
        TransactionKeys,
        Settings])
], ImportsController);
export { ImportsController };
//# sourceMappingURL=imports.controller.js.map