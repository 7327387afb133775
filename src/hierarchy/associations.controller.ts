import { Body, Controller, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { ApiManyUpdates, ApiOneUpdate } from '../writes/api-responses.decorator.js';
import { DefaultLoyaltyType } from '../writes/default-loyalty-type.pipe.js';
import { DryRunDto } from '../writes/dto/dry-run.dto.js';
import { BatchAnswerDto, UpdatedDto } from '../writes/dto/outcome.dto.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { RequestOptions } from '../http/request-options.decorator.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { WriteService } from '../writes/write.service.js';
import { Idempotent } from '../writes/idempotency/idempotent.decorator.js';
import { RequireScope } from '../security/access.decorator.js';
import { AssociationBatchDto, AssociationDto, AssociationElementDto } from './dto/association.dto.js';
import { ASSOCIATION_BATCH_EXAMPLES, ASSOCIATION_EXAMPLES } from './hierarchy-examples.js';
import { translateAssociation } from './translate-association.js';

@ApiTags('hierarchy')
@Controller('v1/hierarchy/associations')
export class AssociationsController {
  constructor(
    private readonly writes: WriteService,
    private readonly defaults: DefaultLoyaltyType,
  ) {}

  /** Associates one customer with a hierarchy, role, company, and with a parent or children. */
  @Put()
  @RequireScope('hierarchy:write')
  @Idempotent()
  @TakesDryRun()
  @ApiOneUpdate()
  @ApiBody({ type: AssociationDto, examples: ASSOCIATION_EXAMPLES })
  async associateCustomer(
    @Body(DefaultLoyaltyType, ValidBody) association: AssociationDto,
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto> {
    return this.writes.writeOne(association, translateAssociation, { query, terms, reply });
  }

  /** Associates 1 to 1,000 customers, each with an outcome of its own. */
  @Put('batch')
  @RequireScope('hierarchy:write')
  @Idempotent({ list: 'associations' })
  @TakesDryRun()
  @ApiManyUpdates()
  @ApiBody({ type: AssociationBatchDto, examples: ASSOCIATION_BATCH_EXAMPLES })
  async associateCustomers(
    @Body(ValidBody) { associations }: AssociationBatchDto,
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto> {
    return this.writes.writeMany(
      {
        dto: AssociationElementDto,
        elements: associations.map((association) => this.defaults.transform(association)),
        list: 'associations',
        translate: translateAssociation,
      },
      { query, terms, reply },
    );
  }
}
