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
import * as openapi_import_1 from "./dto/erasure.dto.js";
import * as openapi from "@nestjs/swagger";
import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Settings } from '../config/settings.js';
import { customerKey } from '../delivery/customer-key.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { AccountQueryDto } from '../writes/dto/route-query.dto.js';
import { resolveRoute } from '../writes/resolve-route.js';
import { Problem } from '../problems/problem.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { isUuid } from '../validation/validate-as.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { RequestKeys } from '../writes/idempotency/request-keys.service.js';
import { leaseMs } from '../writes/idempotency/lease.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { RequireScope } from '../security/access.decorator.js';
import { callerOf } from '../security/principal.js';
import { ErasuresRepository } from '../records/erasures.repository.js';
import { ErasureDto, ErasureRequestDto } from './dto/erasure.dto.js';
import { ERASURE_EXAMPLES } from './erasure-examples.js';
function toErasureDto({ createdAt, finishedAt, ...erasure }) {
    return {
        ...erasure,
        state: finishedAt ? 'finished' : 'running',
        createdAt: createdAt.toISOString(),
        ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    };
}
let StoredDataController = class StoredDataController {
    requestKeys;
    erasures;
    settings;
    hash;
    constructor(requestKeys, erasures, settings, hash) {
        this.requestKeys = requestKeys;
        this.erasures = erasures;
        this.settings = settings;
        this.hash = hash;
    }
    /**
     * Removes the stored data of one customer from imports, results, answers and credits. The vendor is not called. Data of
     * running requests is erased after they end, so it takes a while: the `Location` header names where to look.
     */
    async eraseStoredData({ identifiers }, query, reply) {
        return this.requestKeys.once(reply, () => this.createErasure(identifiers, query, reply));
    }
    /** Reports how far an erasure is. */
    async readErasure(id) {
        const found = isUuid(id) ? await this.erasures.find(id) : undefined;
        if (found)
            return toErasureDto(found);
        throw new Problem('erasure-not-found');
    }
    async createErasure(identifiers, query, reply) {
        const { request } = reply;
        const { source, accountId = null } = resolveRoute(query, this.settings, callerOf(request));
        const wanted = { id: randomUUID(), identifiers: JSON.stringify(identifiers), source, accountId };
        const startAfter = new Date(Date.now() + leaseMs(this.settings));
        const created = await this.erasures.create(wanted, startAfter);
        const route = { source, ...(accountId !== null && { accountId }) };
        const customers = this.hash.ofCustomers([{ route, customer: identifiers.map(customerKey) }]);
        noteForAudit(request, { target: created.id, customers });
        reply.header('Location', `/v1/customers/stored-data/${created.id}`);
        return toErasureDto(created);
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Removes the stored data of one customer from imports, results, answers and credits. The vendor is not called. Data of\nrunning requests is erased after they end, so it takes a while: the `Location` header names where to look." }),
    Delete(),
    RequireScope('ops:write'),
    HttpCode(202),
    ApiIdempotencyKey({ creditsPoints: false }),
    ApiProblems(400, 408, 409, 413, 415, 422, 503),
    ApiAcceptedResponse({
        type: ErasureDto,
        description: 'The erasure is stored, and will be done even if this process ends.',
    }),
    ApiBody({ type: ErasureRequestDto, examples: ERASURE_EXAMPLES }),
    __param(0, Body(ValidBody)),
    __param(1, Query(ValidQuery)),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [ErasureRequestDto,
        AccountQueryDto, Object]),
    __metadata("design:returntype", Promise)
], StoredDataController.prototype, "eraseStoredData", null);
__decorate([
    openapi.ApiOperation({ summary: "Reports how far an erasure is." }),
    Get(':id'),
    RequireScope('ops:read'),
    ApiProblems(404, 503),
    ApiParam({ name: 'id', description: 'The id of the erasure.', schema: { type: 'string' } }),
    ApiOkResponse({ type: ErasureDto, description: 'The erasure.' }),
    __param(0, Param('id')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], StoredDataController.prototype, "readErasure", null);
StoredDataController = __decorate([
    ApiTags('stored data'),
    Controller('v1/customers/stored-data'),
    __metadata("design:paramtypes", [RequestKeys,
        ErasuresRepository,
        Settings,
        KeyedHash])
], StoredDataController);
export { StoredDataController };
//# sourceMappingURL=stored-data.controller.js.map