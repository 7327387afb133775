import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { ApiRead } from '../writes/api-responses.decorator.js';
import { AccountQueryDto } from '../writes/dto/route-query.dto.js';
import { resolveRoute } from '../writes/resolve-route.js';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { RequireScope } from '../security/access.decorator.js';
import { callerOf } from '../security/principal.js';
import { ChildrenService } from './children.service.js';
import { ChildrenAnswerDto } from './dto/children-answer.dto.js';
import { ChildrenSearchDto } from './dto/children-search.dto.js';
import { CHILDREN_EXAMPLES } from './hierarchy-examples.js';

@ApiTags('hierarchy')
@Controller('v1/hierarchy/children')
export class ChildrenController {
  constructor(
    private readonly children: ChildrenService,
    private readonly settings: Settings,
  ) {}

  /** Lists the customers below a parent or a company. The search is a POST, as personal data must not be in a URL. */
  @Post('search')
  @RequireScope('hierarchy:read')
  @HttpCode(200)
  @ApiRead()
  @ApiOkResponse({ type: ChildrenAnswerDto, description: 'A page of customers.' })
  @ApiBody({ type: ChildrenSearchDto, examples: CHILDREN_EXAMPLES })
  async searchChildren(
    @Body(ValidBody) search: ChildrenSearchDto,
    @Query(ValidQuery) query: AccountQueryDto,
    @RequestOptions() options: SubmitOptions,
    @Req() request: FastifyRequest,
  ): Promise<ChildrenAnswerDto> {
    return this.children.search(search, resolveRoute(query, this.settings, callerOf(request)), options);
  }
}
