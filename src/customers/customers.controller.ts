import { Controller, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
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
import { BATCH_EXAMPLES, CUSTOMER_EXAMPLES } from './customer-examples.js';
import { CUSTOMERS } from './customer.kind.js';

@ApiTags('customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(private readonly writes: WriteService) {}

  /** Updates one customer. The update may hold names, identifiers, cards, channels, fields and the loyalty status. */
  @Patch()
  @WriteOne(CUSTOMERS, CUSTOMER_EXAMPLES)
  async updateCustomer(
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto | string> {
    return this.writes.one(CUSTOMERS, { query, options, reply });
  }

  /** Updates 1 to 1,000 customers, each with its own outcome. */
  @Post('batch')
  @HttpCode(200)
  @WriteMany(CUSTOMERS, BATCH_EXAMPLES)
  async updateCustomers(
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    return this.writes.many(CUSTOMERS, { query, options, reply });
  }
}
