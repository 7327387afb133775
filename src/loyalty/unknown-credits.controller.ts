import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { customerKey } from '../delivery/customer-key.js';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import {
  type Resolved,
  type UnknownCredit,
  UnknownCreditsService,
} from '../delivery/unknown-credits.service.js';
import type { Update } from '../delivery/update.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { auditOutcomes } from '../writes/audit-outcomes.js';
import { FailedDto, RejectedDto, UnknownDto, UpdatedDto } from '../writes/dto/outcome.dto.js';
import { judgeRoute, judgeUpdate } from '../security/check-bounds.js';
import { tellElement } from '../writes/to-outcome-dto.js';
import { PointsAllowance } from '../writes/credits/points-allowance.service.js';
import { ProblemException, outOfBounds } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import { RequestOptions } from '../http/request-options.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { Idempotent } from '../writes/idempotency/idempotent.decorator.js';
import { noteForAudit } from '../observability/audit-notes.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayTouch, onlyOwner } from '../security/ownership.js';
import { type Bounds, type Principal, callerOf } from '../security/principal.js';
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

/** @throws ProblemException `out-of-bounds` where whoever says so may not send it */
function judgeAgain(update: Update, bounds: Bounds): void {
  const outside = [...judgeRoute(update.route, bounds), ...judgeUpdate(update, bounds)];
  if (outside.length > 0) throw outOfBounds(outside);
}

function notFound(): ProblemException {
  const { explanation } = PROBLEM_PAGES['unknown-credit-not-found'];
  return new ProblemException('unknown-credit-not-found', explanation);
}

/** Of a credit that nobody has, so that whoever tries it out resolves none by chance. */
const NO_CREDIT = '00000000-0000-4000-8000-000000000000';

@ApiTags('loyalty')
@Controller('v1/loyalty/unknown-credits')
export class UnknownCreditsController {
  constructor(
    private readonly unknownCredits: UnknownCreditsService,
    private readonly hash: KeyedHash,
    private readonly allowance: PointsAllowance,
  ) {}

  /** Lists your credits of which nobody knows whether they were applied; with `ops:read` everybody's. They are never sent again by themselves. */
  @Get()
  @RequireScope('loyalty:write', 'ops:read')
  @ApiProblems(400, 503)
  @ApiOkResponse({ type: UnknownCreditsDto, description: 'A page of credits, the oldest first.' })
  async listUnknownCredits(
    @Query(ValidQuery) query: UnknownCreditQueryDto,
    @Req() request: FastifyRequest,
  ): Promise<UnknownCreditsDto> {
    const principal = onlyOwner(request, 'ops:read');
    const { state = 'unknown', limit, after } = query;
    const credits = await this.unknownCredits.list({ state, limit, after, principal });
    const last = credits.length === limit ? credits.at(-1) : undefined;
    return { credits: credits.map(tellCredit), ...(last && { next: last.id }) };
  }

  /** Says how a credit in doubt ended: `applied` closes it, `not-applied` sends it once more. */
  @Post(':id/resolve')
  @RequireScope('loyalty:write', 'ops:write')
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
    @RequestOptions() terms: SubmitOptions,
    @Req() request: FastifyRequest,
  ): Promise<ResolvedCreditDto> {
    const found = CREDIT_ID.test(id) ? await this.unknownCredits.find(id) : undefined;
    if (!found || !mayTouch(request, found.principal, 'ops:write')) throw notFound();
    const resolved = await this.resolve(found, { resolution, note }, terms, callerOf(request));
    switch (resolved.kind) {
      case 'not-found':
        throw notFound();
      case 'not-in-doubt':
        throw new ProblemException('credit-resolved', PROBLEM_PAGES['credit-resolved'].explanation);
      case 'resolved': {
        const { credit, customer, outcome } = resolved;
        noteForAudit(request, {
          target: credit.id,
          because: resolution,
          customers: this.hash.ofCustomers([{ route: credit.route, customer: customer.map(customerKey) }]),
          ...(outcome && auditOutcomes([outcome])),
        });
        return { credit: tellCredit(credit), ...(outcome && { outcome: tellElement(outcome) }) };
      }
    }
  }

  /** What is sent once more is judged, and counts, as if it were asked for now. */
  private async resolve(
    { id, update }: UnknownCredit,
    { resolution, note }: ResolutionDto,
    terms: SubmitOptions,
    principal: Principal,
  ): Promise<Resolved> {
    if (resolution === 'applied' || !update) return this.unknownCredits.resolve(id, resolution, note, terms);
    judgeAgain(update, principal);
    let resolved: Resolved = { kind: 'not-in-doubt' };
    await this.allowance.spend(principal, [update], async () => {
      resolved = await this.unknownCredits.resolve(id, resolution, note, terms);
      return resolved.kind === 'resolved' && resolved.outcome ? [resolved.outcome] : [];
    });
    return resolved;
  }
}
