import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ExplanationsService } from '../delivery/explanations.service.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import { ProblemDto } from '../problems/problem.dto.js';
import { Problem } from '../problems/problem.js';
import { RequireScope } from '../security/access.decorator.js';
import { ownerFilter } from '../security/ownership.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { ApiProblems } from './api-responses.decorator.js';
import {
  ExplanationDto,
  ExplanationListDto,
  ExplanationQueryDto,
  MAX_EXPLANATIONS,
} from './dto/explanation.dto.js';
import { toExplanationDto, toExplanationListDto } from './to-explanation-dto.js';

@ApiTags('updates')
@Controller('v1/updates')
export class ExplanationsController {
  constructor(private readonly explanations: ExplanationsService) {}

  /** Lists your latest updates with their explanations, the latest first. With the scope `ops:read` it lists those of all callers. */
  @Get()
  @RequireScope('customers:write', 'loyalty:write', 'hierarchy:write', 'imports:write', 'ops:read')
  @ApiProblems(400)
  @ApiOkResponse({ type: ExplanationListDto, description: 'The latest updates.' })
  async listUpdates(
    @Query(ValidQuery) { limit, outcome, id }: ExplanationQueryDto,
    @Req() request: FastifyRequest,
  ): Promise<ExplanationListDto> {
    const owner = ownerFilter(request, 'ops:read');
    return toExplanationListDto(await this.explanations.find({ owner, limit, outcome, id }));
  }

  /**
   * Explains what became of an update. The explanation has its lane, wait, calls and answers, and the rule behind each decision. An id that several
   * updates share, as of the request of a batch, gets a list of them.
   */
  @Get(':id')
  @RequireScope('customers:write', 'loyalty:write', 'hierarchy:write', 'imports:write', 'ops:read')
  @ApiParam({
    name: 'id',
    description:
      'The updateId of an outcome, or the id of its request, of its import, of a call that carried it, or of an answer of the vendor.',
    schema: { type: 'string' },
  })
  @ApiExtraModels(ExplanationDto, ExplanationListDto)
  @ApiOkResponse({
    description: 'What happened to the update; or a list of them, if several have the id.',
    schema: {
      oneOf: [{ $ref: getSchemaPath(ExplanationDto) }, { $ref: getSchemaPath(ExplanationListDto) }],
    },
  })
  @ApiProblems(503)
  @ApiNotFoundResponse({
    description: 'It was too long ago, has no outcome yet, belongs to another caller, or never existed.',
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
  })
  async explainUpdate(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<ExplanationDto | ExplanationListDto> {
    const owner = ownerFilter(request, 'ops:read');
    const found = await this.explanations.find({ id, owner, limit: MAX_EXPLANATIONS });
    const [only, second] = found.explanations;
    if (!only) {
      const { explanation: detail } = PROBLEM_PAGES['explanation-not-found'];
      throw new Problem('explanation-not-found', { detail });
    }
    return second ? toExplanationListDto(found) : toExplanationDto(only);
  }
}
