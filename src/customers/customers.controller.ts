import { Body, Controller, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
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
import { DefaultLoyaltyType } from '../writes/default-loyalty-type.pipe.js';
import { CustomerBatchDto, CustomerElementDto } from './dto/customer-batch.dto.js';
import { CustomerUpdateDto } from './dto/customer-update.dto.js';
import { BATCH_EXAMPLES, CUSTOMER_EXAMPLES } from './customer-examples.js';
import { translateCustomer } from './translate-customer.js';

@ApiTags('customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly writes: WriteService,
    private readonly defaults: DefaultLoyaltyType,
  ) {}

  /** Updates one customer: names, identifiers, cards, channels, fields, loyalty status. */
  @Patch()
  @RequireScope('customers:write')
  @Idempotent()
  @TakesDryRun()
  @ApiOneUpdate()
  @ApiBody({ type: CustomerUpdateDto, examples: CUSTOMER_EXAMPLES })
  async updateCustomer(
    @Body(DefaultLoyaltyType, ValidBody) customer: CustomerUpdateDto,
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto> {
    return this.writes.writeOne(customer, translateCustomer, { query, terms, reply });
  }

  /** Updates 1 to 1,000 customers, each with an outcome of its own. */
  @Post('batch')
  @HttpCode(200)
  @RequireScope('customers:write')
  @Idempotent({ list: 'customers' })
  @TakesDryRun()
  @ApiManyUpdates()
  @ApiBody({ type: CustomerBatchDto, examples: BATCH_EXAMPLES })
  async updateCustomers(
    @Body(ValidBody) batch: CustomerBatchDto,
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto> {
    return this.writes.writeMany(
      {
        dto: CustomerElementDto,
        elements: batch.customers.map((customer) => this.defaults.transform(customer)),
        list: 'customers',
        translate: translateCustomer,
      },
      { query, terms, reply },
    );
  }
}
