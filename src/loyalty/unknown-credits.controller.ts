import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Terms } from '../delivery/delivery.service.js';
import { type UnknownCredit, UnknownCreditsService } from '../delivery/unknown-credits.service.js';
import { ApiProblems } from '../http/api-answers.decorator.js';
import { FailedDto, RejectedDto, UnknownDto, UpdatedDto } from '../http/dto/outcome.dto.js';
import { tellElement } from '../http/outcome-response.js';
import { ProblemException } from '../http/problem.js';
import { PROBLEM_PAGES } from '../http/problem-catalogue.js';
import { RequestTerms } from '../http/terms.decorator.js';
import { ValidBody, ValidQuery } from '../http/valid.pipes.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { RequireScope } from '../security/access/access.decorator.js';
import {
  CREDIT_ID,
  ResolutionDto,
  ResolvedCreditDto,
  type UnknownCreditDto,
  UnknownCreditQueryDto,
  UnknownCreditsDto,
} from './dto/unknown-credit.dto.js';
import { RESOLUTION_EXAMPLES } from './loyalty-examples.js';

function tellCredit(credit: UnknownCredit): UnknownCreditDto {
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

/** Of a credit that nobody has, so that whoever tries it out resolves none by chance. */
const NO_CREDIT = '00000000-0000-4000-8000-000000000000';

@ApiTags('loyalty')
@Controller('v1/loyalty/unknown-credits')
export class UnknownCreditsController {
  constructor(private readonly unknownCredits: UnknownCreditsService) {}

  /** Lists credits of which nobody knows whether they were applied. They are never sent again by themselves. */
  @Get()
  @RequireScope('ops:read')
  @ApiProblems(400, 503)
  @ApiOkResponse({ type: UnknownCreditsDto, description: 'A page of credits, the oldest first.' })
  async listUnknownCredits(@Query(ValidQuery) query: UnknownCreditQueryDto): Promise<UnknownCreditsDto> {
    const { state = 'unknown', limit, after } = query;
    const credits = await this.unknownCredits.list({ state, limit, after });
    const last = credits.length === limit ? credits.at(-1) : undefined;
    return { credits: credits.map(tellCredit), ...(last && { next: last.id }) };
  }

  /** Says how a credit in doubt ended: `applied` closes it, `not-applied` sends it once more. */
  @Post(':id/resolve')
  @RequireScope('ops:write')
  @HttpCode(200)
  @Idempotent()
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiExtraModels(UpdatedDto, RejectedDto, FailedDto, UnknownDto)
  @ApiParam({
    name: 'id',
    description: 'The id of the credit.',
    schema: { type: 'string', default: NO_CREDIT },
  })
  @ApiOkResponse({ type: ResolvedCreditDto, description: 'It is resolved.' })
  @ApiBody({ type: ResolutionDto, examples: RESOLUTION_EXAMPLES })
  async resolveUnknownCredit(
    @Param('id') id: string,
    @Body(ValidBody) { resolution, note }: ResolutionDto,
    @RequestTerms() terms: Terms,
  ): Promise<ResolvedCreditDto> {
    const resolved = CREDIT_ID.test(id)
      ? await this.unknownCredits.resolve(id, resolution, note, terms)
      : { kind: 'not-found' as const };
    switch (resolved.kind) {
      case 'not-found':
        throw new ProblemException(
          'unknown-credit-not-found',
          PROBLEM_PAGES['unknown-credit-not-found'].explanation,
        );
      case 'not-in-doubt':
        throw new ProblemException('credit-resolved', PROBLEM_PAGES['credit-resolved'].explanation);
      case 'resolved': {
        const { credit, outcome } = resolved;
        return { credit: tellCredit(credit), ...(outcome && { outcome: tellElement(outcome) }) };
      }
    }
  }
}
