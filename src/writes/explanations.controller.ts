import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DeliveryService } from '../delivery/delivery.service.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayAccess } from '../security/ownership.js';
import { ApiProblems } from './api-responses.decorator.js';
import { ExplanationDto } from './dto/explanation.dto.js';
import { ProblemDto } from '../problems/problem.dto.js';
import { Problem } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';

@ApiTags('updates')
@Controller('v1/updates')
export class ExplanationsController {
  constructor(private readonly delivery: DeliveryService) {}

  /** Explains what became of a recent update: lane, wait, calls, answers, and the rule behind each decision. */
  @Get(':id')
  @RequireScope('customers:write', 'loyalty:write', 'hierarchy:write', 'imports:write', 'ops:read')
  @ApiParam({ name: 'id', description: 'The updateId of an outcome.', schema: { type: 'string' } })
  @ApiOkResponse({ type: ExplanationDto, description: 'What happened to the update.' })
  @ApiProblems()
  @ApiNotFoundResponse({
    description:
      'It was too long ago, was delivered by another instance, belongs to another caller, or never existed.',
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
  })
  explainUpdate(@Param('id') id: string, @Req() request: FastifyRequest): ExplanationDto {
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
}
