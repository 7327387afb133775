import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import {
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { Problem } from '../problems/problem.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { isUuid } from '../validation/validate-as.js';
import { ApiIdempotencyKey } from '../writes/idempotency/idempotency-key.decorator.js';
import { RequestKeys } from '../writes/idempotency/request-keys.service.js';
import { TransactionKeys } from '../writes/idempotency/transaction-keys.service.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { RequireScope } from '../security/access.decorator.js';
import { mayAccess } from '../security/ownership.js';
import { callerOf } from '../security/principal.js';
import { ImportCsvRepository } from '../records/import-csv.repository.js';
import { ImportRowsRepository, type ResultOutcome } from '../records/import-rows.repository.js';
import { type ImportAction, ImportsRepository, type StoredImport } from '../records/imports.repository.js';
import { acceptedResponse } from './upload/accepted-response.js';
import { AcceptedImportDto, ImportDto, ResultQueryDto } from './dto/import.dto.js';
import { demandScopeOf } from './import-kinds.js';
import { importOptions } from './upload/import-options.js';
import { EVENTS_CONTENT, RESULTS_CONTENT } from './results/describe-results.js';
import { streamEvents } from './results/stream-events.js';
import { countLeftOut, demandRepair, streamRepair } from './results/repair-file.js';
import { toImportDto } from './results/to-import-dto.js';
import { streamResults } from './results/stream-results.js';
import { UploadService } from './upload/upload.service.js';

/** How often an open event stream reads its import. */
const POLL_EVERY_MS = 500;

const ApiId = ApiParam({ name: 'id', description: 'The id of the import.', schema: { type: 'string' } });

/** Without them, a proxy with its defaults collects events, and people see them late and together. */
const UNBUFFERED = { 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' };

@ApiTags('imports')
@Controller('v1/imports/:id')
export class OneImportController {
  constructor(
    private readonly imports: ImportsRepository,
    private readonly rows: ImportRowsRepository,
    private readonly csv: ImportCsvRepository,
    private readonly uploads: UploadService,
    private readonly keys: TransactionKeys,
    private readonly requestKeys: RequestKeys,
    private readonly settings: Settings,
    private readonly health: HealthRegistry,
  ) {}

  /** Returns an import with its progress. */
  @Get()
  @RequireScope('imports:read')
  @ApiId
  @ApiProblems(404, 503)
  @ApiOkResponse({ type: ImportDto, description: 'The import.' })
  async readImport(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ImportDto> {
    return toImportDto(await this.find(id, request, 'ops:read'), this.settings);
  }

  /**
   * Returns the outcome of each line as a file. It is NDJSON, or CSV if `Accept` is `text/csv`. With `form=repair` it returns the rows of a
   * CSV upload that were not updated, once the import has ended; that needs the scope `ops:write` for imports of others.
   */
  @Get('results')
  @RequireScope('imports:read')
  @ApiId
  @ApiProblems(400, 404, 409, 503)
  @ApiOkResponse({
    description: 'One outcome with its line number on each line, in the order of the upload.',
    content: RESULTS_CONTENT,
    headers: {
      'Content-Disposition': {
        description: 'The name of the file, so that a browser saves it.',
        required: true,
        schema: { type: 'string' },
      },
      'Meniscus-Left-Out': {
        description:
          'With form=repair: how many rows the file does not have though they were not updated, such as `erased=1, unknown=2`.',
        schema: { type: 'string' },
      },
    },
  })
  async listImportResults(
    @Param('id') id: string,
    @Query(ValidQuery) { outcome, form }: ResultQueryDto,
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    if (form === 'repair') return this.repairFile(id, outcome, reply);
    await this.find(id, request, 'ops:read', (one) => this.imports.findVerified(one));
    const format = accept?.includes('text/csv') ? 'csv' : 'ndjson';
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
    return new StreamableFile(Readable.from(streamResults(this.rows, id, format, outcome)), {
      type,
      // A browser saves the file; a page that showed a million lines would freeze.
      disposition: `attachment; filename="results-${id}.${format}"`,
    });
  }

  /** Streams every change as a server-sent event until the import has ended. `Last-Event-ID` continues after an event. */
  @Get('events')
  @RequireScope('imports:read')
  @ApiId
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that you have; the stream continues after it.',
    schema: { type: 'string', example: '12' },
  })
  @ApiProblems(404, 503)
  @ApiOkResponse({
    description: 'Events of the type `import`. Each holds the import, and has its version as the id.',
    content: EVENTS_CONTENT,
  })
  async watchImport(
    @Param('id') id: string,
    @Headers('last-event-id') lastId: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.find(id, request, 'ops:read');
    reply.headers(UNBUFFERED);
    const seenVersion = /^\d{1,9}$/.test(lastId ?? '') ? Number(lastId) : -1;
    const events = streamEvents(
      () => this.imports.find(id),
      { isStopping: () => this.health.isShuttingDown, wait: () => wait(POLL_EVERY_MS) },
      seenVersion,
      this.settings,
    );
    return new StreamableFile(Readable.from(events), { type: 'text/event-stream' });
  }

  /** Pauses an import. Calls in flight end. An import that stays paused for IMPORT_RETENTION_MS is cancelled. */
  @Post('pause')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'The import is paused.' })
  async pauseImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'pause'));
  }

  /** Resumes a paused import. */
  @Post('resume')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'The import is queued again.' })
  async resumeImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'resume'));
  }

  /** Cancels an import. Calls in flight end, and all other lines become `failed`. */
  @Post('cancel')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'The import is being cancelled.' })
  async cancelImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.transition(id, reply.request, 'cancel'));
  }

  /**
   * Creates a new import from the failed lines of an import. That import has ended; its unknown lines are left out, and it can be retried once. It also
   * needs the scope of the import's kind.
   */
  @Post('retry')
  @RequireScope('imports:write')
  @HttpCode(202)
  @ApiIdempotencyKey({ creditsPoints: true })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiAcceptedResponse({ type: AcceptedImportDto, description: 'The new import. `Location` is its URL.' })
  async retryImport(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.keys.run({ request, reply }, async (keyed) => {
      const old = await this.find(id, request, 'ops:write', (one) => this.imports.findVerified(one));
      const principal = callerOf(request);
      demandScopeOf(old.kind, principal);
      const created = await this.uploads.retry(old, principal, importOptions(keyed, this.settings));
      noteForAudit(request, { importId: created.accepted.id, itemCount: created.accepted.total });
      return acceptedResponse(created, this.settings);
    });
  }

  /** Finds an import of the caller, or of any owner if the caller has the scope. Other imports are not found. */
  private async find(
    id: string,
    request: FastifyRequest,
    scope: 'ops:read' | 'ops:write',
    read = (one: string) => this.imports.find(one),
  ): Promise<StoredImport> {
    const found = isUuid(id) ? await read(id) : undefined;
    if (!found || !mayAccess(request, found.principal, scope)) throw new Problem('import-not-found');
    return found;
  }

  /** The rows hold more of a person than the results, so only who may repeat them may read them. */
  private async repairFile(
    id: string,
    outcome: ResultOutcome | undefined,
    reply: FastifyReply,
  ): Promise<StreamableFile> {
    const found = await this.find(id, reply.request, 'ops:write', (one) => this.imports.findVerified(one));
    const repair = demandRepair(found, await this.csv.find(id), outcome);
    const leftOut = await countLeftOut(this.rows, found, repair);
    if (leftOut !== undefined) reply.header('Meniscus-Left-Out', leftOut);
    return new StreamableFile(Readable.from(streamRepair(this.rows, id, repair)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="repair-${id}.csv"`,
    });
  }

  private async transition(id: string, request: FastifyRequest, action: ImportAction): Promise<ImportDto> {
    await this.find(id, request, 'ops:write');
    const transitioned = await this.imports.transition(id, action);
    if (!transitioned?.allowed) throw new Problem('import-state');
    return toImportDto(transitioned.found, this.settings);
  }
}
