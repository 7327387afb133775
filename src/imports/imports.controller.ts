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
import { ApiProblems, ApiUpload } from '../writes/api-responses.decorator.js';
import { resolveRoute } from '../writes/resolve-route.js';
import type { Upload } from '../http/streamed-bodies.js';
import { UPLOAD_CONTENT } from '../http/upload-types.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { TransactionKeys } from '../writes/idempotency/transaction-keys.service.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { RequireScope } from '../security/access.decorator.js';
import { ownerFilter } from '../security/ownership.js';
import { callerOf } from '../security/principal.js';
import { ImportsRepository } from '../records/imports.repository.js';
import { acceptedResponse } from './upload/accepted-response.js';
import {
  AcceptedImportDto,
  ImportListQueryDto,
  ImportPlanDto,
  ImportQueryDto,
  ImportsDto,
} from './dto/import.dto.js';
import { toFormatMember } from './dto/upload-format.dto.js';
import { IMPORT_EXAMPLES } from './import-examples.js';
import { UPDATE_KINDS, demandScopeOf } from './import-kinds.js';
import { importOptions } from './upload/import-options.js';
import { planImport } from './upload/plan-dry-run.js';
import { readUpload } from './upload/read-upload.js';
import { toCsvForm } from './upload/upload-format.js';
import { SeenIdentifiers } from './upload/seen-identifiers.js';
import { toImportDto } from './results/to-import-dto.js';
import { type ImportRequest, UploadService } from './upload/upload.service.js';

@ApiTags('imports')
@Controller('v1/imports')
export class ImportsController {
  private readonly identifiers = new SeenIdentifiers();

  constructor(
    private readonly uploads: UploadService,
    private readonly imports: ImportsRepository,
    private readonly keys: TransactionKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * Accepts a file with many updates as a durable job. It is NDJSON, CSV or a JSON array, of any length. Header names of CSV are field paths such as
   * `identifiers.mobile`, `extendedFields.city` and `cards.0.number`. The body is the file, or a form with one file; it is streamed,
   * and may be compressed with gzip. The request also needs the scope of a single request of the kind; a line of the kind `updates`
   * needs the scopes of its parts.
   */
  @Post()
  @RequireScope('imports:write')
  @HttpCode(202)
  @ApiIdempotencyKey({ creditsPoints: true })
  @TakesDryRun()
  @ApiUpload()
  @ApiExtraModels(ImportPlanDto)
  @ApiConsumes(...Object.keys(UPLOAD_CONTENT))
  @ApiBody({
    description: 'One line, row or element for each update, in the form of the body of a single request.',
    schema: { type: 'array', items: { type: 'object' } },
    examples: IMPORT_EXAMPLES,
  })
  @ApiAcceptedResponse({
    type: AcceptedImportDto,
    description: 'The whole upload is stored. `Location` is the URL of the import.',
  })
  @ApiOkResponse({
    type: ImportPlanDto,
    description: 'With dryRun: what the import would be. Nothing is stored.',
  })
  async createImport(
    @Query(ValidQuery) query: ImportQueryDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | ImportPlanDto> {
    const { kind, onInvalid = 'reject' } = query;
    const principal = callerOf(request);
    demandScopeOf(kind, principal);
    const importRequest: ImportRequest = {
      kind,
      onInvalid,
      principal,
      route: resolveRoute(query, this.settings, principal),
    };
    const body = await (request.body as Upload).open();
    const { IMPORT_MAX_LINES: maxLines } = this.settings;
    const rules = { kind: UPDATE_KINDS[kind], settings: this.settings };
    if (query.dryRun === 'true') {
      const reading = readUpload(body, maxLines, rules, query);
      const lines = this.uploads.prepare(reading, importRequest);
      const plan = await this.identifiers.during((seen) => planImport(lines, this.settings, seen));
      reply.status(200);
      return { ...plan, ...toFormatMember(reading.format()) };
    }
    return this.keys.run({ request, reply, body }, async (keyed) => {
      const reading = readUpload({ ...body, bytes: keyed.bytes }, maxLines, rules, query);
      const options = importOptions(keyed, this.settings, reading.format);
      const readForm = () => toCsvForm(reading.format());
      const created = await this.uploads.upload(reading, importRequest, options, readForm);
      noteForAudit(request, { importId: created.accepted.id, itemCount: created.accepted.total });
      return acceptedResponse(created, this.settings, reading.format());
    });
  }

  /** Lists your imports, newest first. With the scope `ops:read` it lists the imports of all callers. */
  @Get()
  @RequireScope('imports:read')
  @ApiProblems(400, 503)
  @ApiOkResponse({ type: ImportsDto, description: 'A page of imports.' })
  async listImports(
    @Query(ValidQuery) { limit, after }: ImportListQueryDto,
    @Req() request: FastifyRequest,
  ): Promise<ImportsDto> {
    const found = await this.imports.list(limit, after, ownerFilter(request, 'ops:read'));
    const last = found.length === limit ? found.at(-1) : undefined;
    return { imports: found.map((one) => toImportDto(one, this.settings)), ...(last && { next: last.id }) };
  }
}
