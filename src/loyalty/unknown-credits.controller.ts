import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
import { checkRoute, checkUpdate } from '../security/check-bounds.js';
import { checkScopes } from '../security/check-scopes.js';
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
import { type Principal, callerOf } from '../security/principal.js';
import { insufficientScopeOfParts } from '../security/security-problems.js';
import {
  CREDIT_ID,
  ResolutionDto,
  ResolvedCreditDto,
  type UnknownCreditDto,
  UnknownCreditQueryDto,
  UnknownCreditsDto,
} from './dto/unknown-credit.dto.js';
import { RESOLUTION_EXAMPLES } from './loyalty-examples.js';

function toCreditDto(credit: UnknownCredit): UnknownCreditDto {
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

/** @throws Problem `insufficient-scope` or `out-of-bounds` if the caller may not send the update */
function checkAccess(update: Update, caller: Principal): void {
  const missing = checkScopes(update, caller.scopes);
  if (missing.length > 0) throw insufficientScopeOfParts(missing);
  const outside = [...checkRoute(update.route, caller), ...checkUpdate(update, caller)];
  if (outside.length > 0) throw outOfBounds(outside);
}

function notFound(): Problem {
  return new Problem('unknown-credit-not-found');
}

/** The id of no credit, so that a trial in Swagger UI does not resolve one by chance. */
const NO_CREDIT = '00000000-0000-4000-8000-000000000000';

@ApiTags('loyalty')
@Controller('v1/loyalty/unknown-credits')
export class UnknownCreditsController {
  constructor(
    private readonly requestKeys: RequestKeys,
    private readonly unknownCredits: UnknownCreditsService,
    private readonly hash: KeyedHash,
    private readonly allowance: PointsAllowance,
  ) {}

  /** Lists your credits that may or may not have been applied. With the scope `ops:read` it lists the credits of all callers. They are never retried automatically. */
  @Get()
  @RequireScope('loyalty:write', 'ops:read')
  @ApiProblems(400, 503)
  @ApiOkResponse({ type: UnknownCreditsDto, description: 'A page of credits, oldest first.' })
  async listUnknownCredits(
    @Query(ValidQuery) query: UnknownCreditQueryDto,
    @Req() request: FastifyRequest,
  ): Promise<UnknownCreditsDto> {
    const principal = ownerFilter(request, 'ops:read');
    const { state = 'unknown', limit, after } = query;
    const credits = await this.unknownCredits.list({ state, limit, after, principal });
    const last = credits.length === limit ? credits.at(-1) : undefined;
    return { credits: credits.map(toCreditDto), ...(last && { next: last.id }) };
  }

  /** Resolves a credit in doubt: `applied` closes it, `not-applied` sends it again. */
  @Post(':id/resolve')
  @RequireScope('loyalty:write', 'ops:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiExtraModels(UpdatedDto, RejectedDto, FailedDto, UnknownDto)
  @ApiParam({
    name: 'id',
    description: 'The id of the credit.',
    schema: { type: 'string', default: NO_CREDIT },
  })
  @ApiOkResponse({ type: ResolvedCreditDto, description: 'The credit is resolved.' })
  @ApiBody({ type: ResolutionDto, examples: RESOLUTION_EXAMPLES })
  async resolveUnknownCredit(
    @Param('id') id: string,
    @Body(ValidBody) { resolution, note }: ResolutionDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ResolvedCreditDto | string> {
    return this.requestKeys.once(reply, () => this.resolve(id, { resolution, note }, options, reply.request));
  }

  private async resolve(
    id: string,
    { resolution, note }: ResolutionDto,
    options: SubmitOptions,
    request: FastifyRequest,
  ): Promise<ResolvedCreditDto> {
    const found = CREDIT_ID.test(id) ? await this.unknownCredits.find(id) : undefined;
    if (!found || !mayAccess(request, found.principal, 'ops:write')) throw notFound();
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
  private async sendOrClose(
    { id, update }: UnknownCredit,
    { resolution, note }: ResolutionDto,
    options: SubmitOptions,
    principal: Principal,
  ): Promise<Resolved> {
    if (resolution === 'applied' || !update)
      return this.unknownCredits.resolve(id, resolution, note, options);
    checkAccess(update, principal);
    const day = await this.allowance.count(principal, pointsOf([update]));
    const resolved = await this.unknownCredits.resolve(id, resolution, note, options);
    const outcomes = resolved.kind === 'resolved' && resolved.outcome ? [resolved.outcome] : [];
    await this.allowance.giveBack(principal, day, [update], outcomes);
    return resolved;
  }
}
