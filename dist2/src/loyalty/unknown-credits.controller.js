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
import * as openapi_import_1 from "./dto/unknown-credit.dto.js";
import * as openapi from "@nestjs/swagger";
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { customerKey } from '../delivery/customer-key.js';
import { UnknownCreditsService, } from '../delivery/unknown-credits.service.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { auditOutcomes } from '../writes/audit-outcomes.js';
import { FailedDto, RejectedDto, UnknownDto, UpdatedDto } from '../writes/dto/outcome.dto.js';
import { checkRoute, checkUpdate } from '../security/check-bounds.js';
import { toOutcomeDto } from '../writes/to-outcome-dto.js';
import { PointsAllowance, pointsOf } from '../writes/credits/points-allowance.service.js';
import { Problem, outOfBounds } from '../problems/problem.js';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { RequestKeys } from '../writes/idempotency/request-keys.service.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayAccess, ownerFilter } from '../security/ownership.js';
import { callerOf } from '../security/principal.js';
import { CREDIT_ID, ResolutionDto, ResolvedCreditDto, UnknownCreditQueryDto, UnknownCreditsDto, } from './dto/unknown-credit.dto.js';
import { RESOLUTION_EXAMPLES } from './loyalty-examples.js';
function toCreditDto(credit) {
    const { id, state, route, points, customer } = credit;
    const { reason, upstreamRequestId, sentAt, resolution, note, resolvedAt, resentAs } = credit;
    return {
        id,
        state,
        ...(customer && { identifiers: [...customer] }),
        points,
        source: route.source,
        ...(route.accountId !== undefined && { accountId: route.accountId }),
        ...(reason !== null && { reason }),
        ...(upstreamRequestId !== null && { upstreamRequestId }),
        ...(sentAt && { sentAt: sentAt.toISOString() }),
        ...(resolution !== null && { resolution }),
        ...(note !== null && { note }),
        ...(resolvedAt && { resolvedAt: resolvedAt.toISOString() }),
        ...(resentAs !== null && { resentAs }),
    };
}
/** @throws Problem `out-of-bounds` if the caller may not send the update */
function checkBounds(update, bounds) {
    const outside = [...checkRoute(update.route, bounds), ...checkUpdate(update, bounds)];
    if (outside.length > 0)
        throw outOfBounds(outside);
}
function notFound() {
    return new Problem('unknown-credit-not-found');
}
/** The id of no credit, so that a trial in Swagger UI does not resolve one by chance. */
const NO_CREDIT = '00000000-0000-4000-8000-000000000000';
let UnknownCreditsController = class UnknownCreditsController {
    requestKeys;
    unknownCredits;
    hash;
    allowance;
    constructor(requestKeys, unknownCredits, hash, allowance) {
        this.requestKeys = requestKeys;
        this.unknownCredits = unknownCredits;
        this.hash = hash;
        this.allowance = allowance;
    }
    /** Lists your credits that may or may not have been applied; with the scope `ops:read` the credits of all callers. They are never retried automatically. */
    async listUnknownCredits(query, request) {
        const principal = ownerFilter(request, 'ops:read');
        const { state = 'unknown', limit, after } = query;
        const credits = await this.unknownCredits.list({ state, limit, after, principal });
        const last = credits.length === limit ? credits.at(-1) : undefined;
        return { credits: credits.map(toCreditDto), ...(last && { next: last.id }) };
    }
    /** Resolves a credit in doubt: `applied` closes it, `not-applied` sends it again. */
    async resolveUnknownCredit(id, { resolution, note }, options, reply) {
        return this.requestKeys.once(reply, () => this.resolve(id, { resolution, note }, options, reply.request));
    }
    async resolve(id, { resolution, note }, options, request) {
        const found = CREDIT_ID.test(id) ? await this.unknownCredits.find(id) : undefined;
        if (!found || !mayAccess(request, found.principal, 'ops:write'))
            throw notFound();
        const resolved = await this.sendOrClose(found, { resolution, note }, options, callerOf(request));
        switch (resolved.kind) {
            case 'not-found':
                throw notFound();
            case 'not-in-doubt':
                throw new Problem('credit-resolved');
            case 'resolved': {
                const { credit, customer, outcome } = resolved;
                noteForAudit(request, {
                    target: credit.id,
                    because: resolution,
                    customers: this.hash.ofCustomers([{ route: credit.route, customer: customer.map(customerKey) }]),
                    ...(outcome && auditOutcomes([outcome])),
                });
                return { credit: toCreditDto(credit), ...(outcome && { outcome: toOutcomeDto(outcome) }) };
            }
        }
    }
    /** Closes a credit, or sends it again with the checks and the count of a new one. */
    async sendOrClose({ id, update }, { resolution, note }, options, principal) {
        if (resolution === 'applied' || !update)
            return this.unknownCredits.resolve(id, resolution, note, options);
        checkBounds(update, principal);
        const day = await this.allowance.count(principal, pointsOf([update]));
        const resolved = await this.unknownCredits.resolve(id, resolution, note, options);
        const outcomes = resolved.kind === 'resolved' && resolved.outcome ? [resolved.outcome] : [];
        await this.allowance.giveBack(principal, day, [update], outcomes);
        return resolved;
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Lists your credits that may or may not have been applied; with the scope `ops:read` the credits of all callers. They are never retried automatically." }),
    Get(),
    RequireScope('loyalty:write', 'ops:read'),
    ApiProblems(400, 503),
    ApiOkResponse({ type: UnknownCreditsDto, description: 'A page of credits, oldest first.' }),
    __param(0, Query(ValidQuery)),
    __param(1, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [UnknownCreditQueryDto, Object]),
    __metadata("design:returntype", Promise)
], UnknownCreditsController.prototype, "listUnknownCredits", null);
__decorate([
    openapi.ApiOperation({ summary: "Resolves a credit in doubt: `applied` closes it, `not-applied` sends it again." }),
    Post(':id/resolve'),
    RequireScope('loyalty:write', 'ops:write'),
    HttpCode(200),
    ApiIdempotencyKey({ creditsPoints: false }),
    ApiProblems(400, 404, 408, 409, 413, 415, 422, 503),
    ApiExtraModels(UpdatedDto, RejectedDto, FailedDto, UnknownDto),
    ApiParam({
        name: 'id',
        description: 'The id of the credit.',
        schema: { type: 'string', default: NO_CREDIT },
    }),
    ApiOkResponse({ type: ResolvedCreditDto, description: 'The credit is resolved.' }),
    ApiBody({ type: ResolutionDto, examples: RESOLUTION_EXAMPLES }),
    __param(0, Param('id')),
    __param(1, Body(ValidBody)),
    __param(2, RequestOptions()),
    __param(3, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, ResolutionDto, Object, Object]),
    __metadata("design:returntype", Promise)
], UnknownCreditsController.prototype, "resolveUnknownCredit", null);
UnknownCreditsController = __decorate([
    ApiTags('loyalty'),
    Controller('v1/loyalty/unknown-credits'),
    __metadata("design:paramtypes", [RequestKeys,
        UnknownCreditsService,
        KeyedHash,
        PointsAllowance])
], UnknownCreditsController);
export { UnknownCreditsController };
//# sourceMappingURL=unknown-credits.controller.js.map