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
import { ApiAcceptedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
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
import { ImportRowsRepository } from '../records/import-rows.repository.js';
import { type ImportAction, ImportsRepository, type StoredImport } from '../records/imports.repository.js';
import { acceptedResponse } from './upload/accepted-response.js';
import { ImportDto, ResultQueryDto } from './dto/import.dto.js';
import { demandScopeOf } from './import-kinds.js';
import { importOptions } from './upload/import-options.js';
import { tellEvents } from './results/stream-events.js';
import { tellImport } from './results/to-import-dto.js';
import { tellResults } from './results/stream-results.js';
import { UploadService } from './upload/upload.service.js';

/** How soon a watcher hears of a change. */
const LOOK_EVERY_MS = 500;

const stream = { schema: { type: 'string' as const } };
const ApiId = ApiParam({ name: 'id', description: 'The id of the import.', schema: { type: 'string' } });

function refusal(type: 'import-not-found' | 'import-state'): Problem {
  return new Problem(type);
}

@ApiTags('imports')
@Controller('v1/imports/:id')
export class ImportController {
  constructor(
    private readonly imports: ImportsRepository,
    private readonly rows: ImportRowsRepository,
    private readonly uploads: UploadService,
    private readonly keys: TransactionKeys,
    private readonly requestKeys: RequestKeys,
    private readonly settings: Settings,
    private readonly health: HealthRegistry,
  ) {}

  /** Tells how far an import is. */
  @Get()
  @RequireScope('imports:read')
  @ApiId
  @ApiProblems(404, 503)
  @ApiOkResponse({ type: ImportDto, description: 'The import.' })
  async readImport(@Param('id') id: string, @Req() request: FastifyRequest): Promise<ImportDto> {
    return tellImport(await this.find(id, request, 'ops:read'));
  }

  /** Tells what became of each line, as NDJSON, or as CSV where `Accept` is `text/csv`. */
  @Get('results')
  @RequireScope('imports:read')
  @ApiId
  @ApiProblems(400, 404, 503)
  @ApiOkResponse({
    description: 'An outcome with its line, one on each line; in the order of lines.',
    content: { 'application/x-ndjson': stream },
  })
  async listImportResults(
    @Param('id') id: string,
    @Query(ValidQuery) { outcome }: ResultQueryDto,
    @Headers('accept') accept: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    await this.find(id, request, 'ops:read', (one) => this.imports.findVerified(one));
    const form = accept?.includes('text/csv') ? 'csv' : 'ndjson';
    const type = form === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
    return new StreamableFile(Readable.from(tellResults(this.rows, id, form, outcome)), { type });
  }

  /** Tells of every change until the import has ended, as server-sent events; `Last-Event-ID` goes on after one. */
  @Get('events')
  @RequireScope('imports:read')
  @ApiId
  @ApiProblems(404, 503)
  @ApiOkResponse({
    description: 'Events of the type `import`: the import, with its version as the id.',
    content: { 'text/event-stream': stream },
  })
  async watchImport(
    @Param('id') id: string,
    @Headers('last-event-id') lastId: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    await this.find(id, request, 'ops:read');
    const seen = /^\d{1,9}$/.test(lastId ?? '') ? Number(lastId) : -1;
    const events = tellEvents(
      () => this.imports.find(id),
      { isStopping: () => this.health.isShuttingDown, pass: () => wait(LOOK_EVERY_MS) },
      seen,
    );
    return new StreamableFile(Readable.from(events), { type: 'text/event-stream' });
  }

  /** Sends nothing more until it is resumed; what is in flight ends. One that stays paused for IMPORT_RETENTION_MS is cancelled. */
  @Post('pause')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'It is paused.' })
  async pauseImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.wish(id, reply.request, 'pause'));
  }

  /** Goes on with an import that was paused. */
  @Post('resume')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'It is queued again.' })
  async resumeImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.wish(id, reply.request, 'resume'));
  }

  /** Sends nothing more: what is in flight ends, and all other lines are told as failed. */
  @Post('cancel')
  @RequireScope('imports:write')
  @HttpCode(200)
  @ApiIdempotencyKey({ creditsPoints: false })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiOkResponse({ type: ImportDto, description: 'It is being cancelled.' })
  async cancelImport(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportDto | string> {
    return this.requestKeys.once(reply, () => this.wish(id, reply.request, 'cancel'));
  }

  /** Makes a new import of the failed lines of one that has ended; never of those in doubt. The scope of its kind is needed as well. */
  @Post('retry')
  @RequireScope('imports:write')
  @HttpCode(202)
  @ApiIdempotencyKey({ creditsPoints: true })
  @ApiId
  @ApiProblems(400, 404, 408, 409, 413, 415, 422, 503)
  @ApiAcceptedResponse({ type: ImportDto, description: 'The new import; `Location` says where to look.' })
  async retryImport(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.keys.run({ request, reply }, async (keyed) => {
      const old = await this.find(id, request, 'ops:write', (one) => this.imports.findVerified(one));
      const principal = callerOf(request);
      demandScopeOf(old.kind, principal);
      const accepted = await this.uploads.retry(old, principal, importOptions(keyed, this.settings));
      noteForAudit(request, { importId: accepted.id, itemCount: accepted.total });
      return acceptedResponse(accepted);
    });
  }

  /** Somebody else's is as if it were not there, unless the scope is had. */
  private async find(
    id: string,
    request: FastifyRequest,
    scope: 'ops:read' | 'ops:write',
    look = (one: string) => this.imports.find(one),
  ): Promise<StoredImport> {
    const found = isUuid(id) ? await look(id) : undefined;
    if (!found || !mayAccess(request, found.principal, scope)) throw refusal('import-not-found');
    return found;
  }

  private async wish(id: string, request: FastifyRequest, wish: ImportAction): Promise<ImportDto> {
    await this.find(id, request, 'ops:write');
    const met = await this.imports.transition(id, wish);
    if (!met?.allowed) throw refusal('import-state');
    return tellImport(met.found);
  }
}
