import { Body, Controller, Put, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Terms } from '../delivery/delivery.service.js';
import { ApiManyUpdates, ApiOneUpdate } from '../http/api-answers.decorator.js';
import { DefaultLoyaltyType } from '../http/default-loyalty-type.pipe.js';
import { DryRunDto } from '../http/dto/dry-run.dto.js';
import { BatchAnswerDto, UpdatedDto } from '../http/dto/outcome.dto.js';
import { BatchQueryDto, RouteQueryDto } from '../http/dto/route-query.dto.js';
import { RequestTerms } from '../http/terms.decorator.js';
import { TakesDryRun } from '../http/takes-dry-run.js';
import { ValidBody, ValidQuery } from '../http/valid.pipes.js';
import { WriteService } from '../http/write.service.js';
import { Idempotent } from '../idempotency/idempotent.decorator.js';
import { RequireScope } from '../security/access/access.decorator.js';
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
    @RequestTerms() terms: Terms,
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
    @RequestTerms() terms: Terms,
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
