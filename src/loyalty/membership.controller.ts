import { Controller, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import type { DryRunDto } from '../writes/dto/dry-run.dto.js';
import type { BatchAnswerDto, UpdatedDto } from '../writes/dto/outcome.dto.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { WriteMany, WriteOne } from '../writes/write.decorators.js';
import { WriteService } from '../writes/write.service.js';
import { MEMBERSHIP_BATCH_EXAMPLES, MEMBERSHIP_EXAMPLES } from './loyalty-examples.js';
import { MEMBERSHIPS } from './membership.kind.js';

@ApiTags('loyalty')
@Controller('v1/loyalty/membership')
export class MembershipController {
  constructor(private readonly writes: WriteService) {}

  /** Sets the loyalty status of one customer. */
  @Put()
  @WriteOne(MEMBERSHIPS, MEMBERSHIP_EXAMPLES)
  async setMembership(
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto | string> {
    return this.writes.one(MEMBERSHIPS, { query, options, reply });
  }

  /** Sets the loyalty status of 1 to 1,000 customers, each with its own outcome. */
  @Put('batch')
  @WriteMany(MEMBERSHIPS, MEMBERSHIP_BATCH_EXAMPLES)
  async setMemberships(
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    return this.writes.many(MEMBERSHIPS, { query, options, reply });
  }
}
