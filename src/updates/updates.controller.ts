import { Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
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
import { WHOLE_UPDATE_BATCH_EXAMPLES, WHOLE_UPDATE_EXAMPLES } from './update-examples.js';
import { WHOLE_UPDATES } from './whole-update.kind.js';

@ApiTags('updates')
@Controller('v1/updates')
export class UpdatesController {
  constructor(private readonly writes: WriteService) {}

  /**
   * Updates everything about one customer at once. The profile, programs and the association share one call, and the vendor
   * applies all of it or nothing. The request needs the scope of each part that it uses.
   */
  @Post()
  @HttpCode(200)
  @WriteOne(WHOLE_UPDATES, WHOLE_UPDATE_EXAMPLES)
  async updateEverything(
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto | string> {
    return this.writes.one(WHOLE_UPDATES, { query, options, reply });
  }

  /** Updates everything about 1 to 1,000 customers, each with its own outcome. Each element needs the scopes of its parts. */
  @Post('batch')
  @HttpCode(200)
  @WriteMany(WHOLE_UPDATES, WHOLE_UPDATE_BATCH_EXAMPLES)
  async updateEverythingOfMany(
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    return this.writes.many(WHOLE_UPDATES, { query, options, reply });
  }
}
