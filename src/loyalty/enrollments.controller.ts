import { Body, Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
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
import { EnrollmentBatchDto, EnrollmentDto, EnrollmentElementDto } from './dto/enrollment.dto.js';
import { creditsPoints } from './credits-points.js';
import { ENROLLMENT_BATCH_EXAMPLES, ENROLLMENT_EXAMPLES } from './loyalty-examples.js';
import { translateEnrollment } from './translate-enrollment.js';

@ApiTags('loyalty')
@Controller('v1/loyalty/enrollments')
export class EnrollmentsController {
  constructor(private readonly writes: WriteService) {}

  /** Enrols one customer in one or several programmes, with tier, points and expiry dates. Points are credited. */
  @Post()
  @HttpCode(200)
  @RequireScope('loyalty:write')
  @Idempotent({ creditsPoints })
  @TakesDryRun()
  @ApiOneUpdate()
  @ApiBody({ type: EnrollmentDto, examples: ENROLLMENT_EXAMPLES })
  async enroll(
    @Body(ValidBody) enrollment: EnrollmentDto,
    @Query(ValidQuery) query: RouteQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedDto | DryRunDto> {
    return this.writes.writeOne(enrollment, translateEnrollment, { query, terms, reply });
  }

  /** Enrols 1 to 1,000 customers, each with an outcome of its own. */
  @Post('batch')
  @HttpCode(200)
  @RequireScope('loyalty:write')
  @Idempotent({ list: 'enrollments', creditsPoints })
  @TakesDryRun()
  @ApiManyUpdates()
  @ApiBody({ type: EnrollmentBatchDto, examples: ENROLLMENT_BATCH_EXAMPLES })
  async enrollMany(
    @Body(ValidBody) { enrollments }: EnrollmentBatchDto,
    @Query(ValidQuery) query: BatchQueryDto,
    @RequestOptions() terms: SubmitOptions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BatchAnswerDto | DryRunDto> {
    return this.writes.writeMany(
      {
        dto: EnrollmentElementDto,
        elements: enrollments,
        list: 'enrollments',
        translate: translateEnrollment,
      },
      { query, terms, reply },
    );
  }
}
