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
import { ENROLLMENT_BATCH_EXAMPLES, ENROLLMENT_EXAMPLES } from './loyalty-examples.js';
import { ENROLLMENTS } from './enrollment.kind.js';

@ApiTags('loyalty')
@Controller('v1/loyalty/enrollments')
export class EnrollmentsController {
  constructor(private readonly writes: WriteService) {}

  /** Enrolls one customer in one or more programs. It may set a tier, points and expiry dates. Each request credits the points. */
  @Post()
  @HttpCode(200)
  @WriteOne(ENROLLMENTS, ENROLLMENT_EXAMPLES)
  async enroll(
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto | string> {
    return this.writes.one(ENROLLMENTS, { query, options, reply });
  }

  /** Enrolls 1 to 1,000 customers, each with its own outcome. */
  @Post('batch')
  @HttpCode(200)
  @WriteMany(ENROLLMENTS, ENROLLMENT_BATCH_EXAMPLES)
  async enrollMany(
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    return this.writes.many(ENROLLMENTS, { query, options, reply });
  }
}
