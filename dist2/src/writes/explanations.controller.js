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
import * as openapi_import_1 from "./dto/explanation.dto.js";
import * as openapi from "@nestjs/swagger";
import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { DeliveryService } from '../delivery/delivery.service.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayAccess } from '../security/ownership.js';
import { ApiProblems } from './api-responses.decorator.js';
import { ExplanationDto } from './dto/explanation.dto.js';
import { ProblemDto } from '../problems/problem.dto.js';
import { Problem } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
let ExplanationsController = class ExplanationsController {
    delivery;
    constructor(delivery) {
        this.delivery = delivery;
    }
    /** Explains what became of a recent update: lane, wait, calls, answers, and the rule behind each decision. */
    explainUpdate(id, request) {
        const explanation = this.delivery.explain(id);
        if (!explanation || !mayAccess(request, explanation.principal, 'ops:read')) {
            const { explanation: detail } = PROBLEM_PAGES['explanation-not-found'];
            throw new Problem('explanation-not-found', { detail });
        }
        const { submittedAt, priority, lane, steps } = explanation;
        const { source, accountId, attribution, kind } = lane;
        return {
            id: explanation.id,
            submittedAt: submittedAt.toISOString(),
            priority,
            lane: {
                source,
                ...(accountId !== undefined && { accountId }),
                ...(attribution && { attributionType: attribution.type, attributionCode: attribution.code }),
                kind,
            },
            steps,
        };
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Explains what became of a recent update: lane, wait, calls, answers, and the rule behind each decision." }),
    Get(':id'),
    RequireScope('customers:write', 'loyalty:write', 'hierarchy:write', 'imports:write', 'ops:read'),
    ApiParam({ name: 'id', description: 'The updateId of an outcome.', schema: { type: 'string' } }),
    ApiOkResponse({ type: ExplanationDto, description: 'What happened to the update.' }),
    ApiProblems(),
    ApiNotFoundResponse({
        description: 'It was too long ago, was delivered by another instance, belongs to another caller, or never existed.',
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
    }),
    __param(0, Param('id')),
    __param(1, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, Object]),
    __metadata("design:returntype", ExplanationDto)
], ExplanationsController.prototype, "explainUpdate", null);
ExplanationsController = __decorate([
    ApiTags('updates'),
    Controller('v1/updates'),
    __metadata("design:paramtypes", [DeliveryService])
], ExplanationsController);
export { ExplanationsController };
//# sourceMappingURL=explanations.controller.js.map