import { Body, Controller, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { ApiManyUpdates, ApiOneUpdate } from '../writes/api-responses.decorator.js';
import { DryRunDto } from '../writes/dto/dry-run.dto.js';
import { BatchAnswerDto, UpdatedDto } from '../writes/dto/outcome.dto.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { RequestOptions } from '../http/request-options.decorator.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { WriteService } from '../writes/write.service.js';
import { Idempotent } from '../writes/idempotency/idempotent.decorator.js';
import { RequireScope } from '../security/access.decorator.js';
import { MembershipBatchDto, MembershipDto, MembershipElementDto } from './dto/membership.dto.js';
import { MEMBERSHIP_BATCH_EXAMPLES, MEMBERSHIP_EXAMPLES } from './loyalty-examples.js';
import { translateMembership } from './translate-membership.js';

@ApiTags('loyalty')
@Controller('v1/loyalty/membership')
export class MembershipController {
  constructor(private readonly writes: WriteService) {}

  /** Sets the loyalty status of one customer. */
  @Put()
  @RequireScope('loyalty:write')
  @Idempotent()
  @TakesDryRun()
  @ApiOneUpdate()
  @ApiBody({ type: MembershipDto, examples: MEMBERSHIP_EXAMPLES })
  async setMembership(
    @Body(ValidBody) membership: MembershipDto,
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto> {
    return this.writes.writeOne(membership, translateMembership, { query, terms, reply });
  }

  /** Sets the loyalty status of 1 to 1,000 customers, each with an outcome of its own. */
  @Put('batch')
  @RequireScope('loyalty:write')
  @Idempotent({ list: 'memberships' })
  @TakesDryRun()
  @ApiManyUpdates()
  @ApiBody({ type: MembershipBatchDto, examples: MEMBERSHIP_BATCH_EXAMPLES })
  async setMemberships(
    @Body(ValidBody) { memberships }: MembershipBatchDto,
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto> {
    return this.writes.writeMany(
      {
        dto: MembershipElementDto,
        elements: memberships,
        list: 'memberships',
        translate: translateMembership,
      },
      { query, terms, reply },
    );
  }
}
