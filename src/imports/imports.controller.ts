import { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { ApiProblems, ApiUpload } from '../http/api-answers.decorator.js';
import { readRoute } from '../http/dto/route-query.dto.js';
import { ProblemException, invalidRequest } from '../http/problem.js';
import { ValidQuery } from '../http/valid.pipes.js';
import { RequireScope } from '../security/access/access.decorator.js';
import { ImportsRepository } from '../storage/imports.repository.js';
import {
  ImportDto,
  ImportListQueryDto,
  ImportPlanDto,
  ImportQueryDto,
  ImportsDto,
} from './dto/import.dto.js';
import { IMPORT_EXAMPLES } from './import-examples.js';
import { planImport } from './import-plan.js';
import { UPLOAD_TYPES, readArray, readUpload } from './read-upload.js';
import { tellImport } from './tell-import.js';
import { type ReadLines, UploadService, readFailure } from './upload.service.js';

@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly uploads: UploadService,
    private readonly imports: ImportsRepository,
    private readonly settings: Settings,
  ) {}

  /**
   * Takes in many updates as a durable job. NDJSON and CSV (header names are field paths such as `identifiers.mobile`,
   * `extendedFields.city`, `cards.0.number`) are streamed; a JSON array is read at once, up to 4 MiB. All may be gzip.
   */
  @Post()
  @RequireScope('imports:write')
  @HttpCode(202)
  @ApiUpload()
  @ApiExtraModels(ImportPlanDto)
  @ApiConsumes('application/json', ...UPLOAD_TYPES)
  @ApiBody({
    description: 'A line, row or element for each update, spelled like the body of a single request.',
    schema: { type: 'array', items: { type: 'object' } },
    examples: IMPORT_EXAMPLES,
  })
  @ApiAcceptedResponse({
    type: ImportDto,
    description: 'All of it is stored; `Location` says where to look.',
  })
  @ApiOkResponse({ type: ImportPlanDto, description: 'With dryRun: what it would be. Nothing is kept.' })
  async createImport(
    @Query(ValidQuery) query: ImportQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | ImportPlanDto> {
    const { kind, onInvalid = 'reject' } = query;
    const terms = { kind, onInvalid, route: readRoute(query, this.settings) };
    const lines = this.readLines(request);
    try {
      if (query.dryRun === 'true') {
        const plan = await planImport(this.uploads.validate(lines, kind), terms, this.settings);
        reply.status(200);
        return plan;
      }
      const accepted = await this.uploads.upload(lines, terms);
      reply.header('Location', `/v1/imports/${accepted.id}`);
      return tellImport(accepted);
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** Lists imports, the newest first. */
  @Get()
  @RequireScope('imports:read')
  @ApiProblems(400, 503)
  @ApiOkResponse({ type: ImportsDto, description: 'A page of imports.' })
  async listImports(@Query(ValidQuery) { limit, after }: ImportListQueryDto): Promise<ImportsDto> {
    const found = await this.imports.list(limit, after);
    const last = found.length === limit ? found.at(-1) : undefined;
    return { imports: found.map((one) => tellImport(one)), ...(last && { next: last.id }) };
  }

  private readLines({ body, headers }: FastifyRequest): ReadLines {
    const type = UPLOAD_TYPES.find((one) => headers['content-type']?.toLowerCase().startsWith(one));
    if (type && body instanceof Readable) {
      const { IMPORT_MAX_BYTES: maxBytes, IMPORT_MAX_LINES: maxLines } = this.settings;
      return readUpload(body, type, { maxBytes, maxLines });
    }
    if (Array.isArray(body)) return readArray(body);
    if (body === undefined) throw new ProblemException('upload-unreadable', 'The upload holds no line.');
    throw invalidRequest([{ pointer: '', message: 'must be an array' }]);
  }
}
