import { randomUUID } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
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
import { ErasuresRepository, type StoredErasure } from '../records/erasures.repository.js';
import { ErasureDto, ErasureRequestDto } from './dto/erasure.dto.js';
import { ERASURE_EXAMPLES } from './erasure-examples.js';

function toErasureDto({ createdAt, finishedAt, ...erasure }: StoredErasure): ErasureDto {
  return {
    ...erasure,
    state: finishedAt ? 'finished' : 'running',
    createdAt: createdAt.toISOString(),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
  };
}

@ApiTags('stored data')
@Controller('v1/customers/stored-data')
export class StoredDataController {
  constructor(
    private readonly requestKeys: RequestKeys,
    private readonly erasures: ErasuresRepository,
    private readonly settings: Settings,
    private readonly hash: KeyedHash,
  ) {}

  /**
   * Removes the stored data of one customer. It is removed from imports, results, answers and credits; the vendor is not
   * called. Data of running requests is erased after they end, so it takes a while: the `Location` header names where to look.
   */
  @Delete()
  @RequireScope('ops:write')
  @HttpCode(202)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiProblems(400, 408, 409, 413, 415, 422, 503)
  @ApiAcceptedResponse({
    type: ErasureDto,
    description: 'The erasure is stored, and will be done even if this process ends.',
  })
  @ApiBody({ type: ErasureRequestDto, examples: ERASURE_EXAMPLES })
  async eraseStoredData(
    @Body(ValidBody) { identifiers }: ErasureRequestDto,
    @Query(ValidQuery) query: AccountQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErasureDto | string> {
    return this.requestKeys.once(reply, () => this.createErasure(identifiers, query, reply));
  }

  /** Reports how far an erasure is. */
  @Get(':id')
  @RequireScope('ops:read')
  @ApiProblems(404, 503)
  @ApiParam({ name: 'id', description: 'The id of the erasure.', schema: { type: 'string' } })
  @ApiOkResponse({ type: ErasureDto, description: 'The erasure.' })
  async readErasure(@Param('id') id: string): Promise<ErasureDto> {
    const found = isUuid(id) ? await this.erasures.find(id) : undefined;
    if (found) return toErasureDto(found);
    throw new Problem('erasure-not-found');
  }

  private async createErasure(
    identifiers: ErasureRequestDto['identifiers'],
    query: AccountQueryDto,
    reply: FastifyReply,
  ): Promise<ErasureDto> {
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
}
