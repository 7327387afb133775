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
import { ASSOCIATION_BATCH_EXAMPLES, ASSOCIATION_EXAMPLES } from './hierarchy-examples.js';
import { ASSOCIATIONS } from './association.kind.js';

@ApiTags('hierarchy')
@Controller('v1/hierarchy/associations')
export class AssociationsController {
  constructor(private readonly writes: WriteService) {}

  /** Associates one customer with its place in a hierarchy. The association has a role or company, and a parent or children. */
  @Put()
  @WriteOne(ASSOCIATIONS, ASSOCIATION_EXAMPLES)
  async associateCustomer(
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto | string> {
    return this.writes.one(ASSOCIATIONS, { query, options, reply });
  }

  /** Associates 1 to 1,000 customers, each with its own outcome. */
  @Put('batch')
  @WriteMany(ASSOCIATIONS, ASSOCIATION_BATCH_EXAMPLES)
  async associateCustomers(
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    return this.writes.many(ASSOCIATIONS, { query, options, reply });
  }
}
