import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { type Route, type Update, isSafeToRepeat } from '../../delivery/update.js';
import { EventLog } from '../../observability/event-log.js';
import { Problem, outOfBounds } from '../../problems/problem.js';
import { ImportRowsRepository, type Upload } from '../../records/import-rows.repository.js';
import { type CsvForm, ImportCsvRepository } from '../../records/import-csv.repository.js';
import { ImportRetentionRepository } from '../../records/import-retention.repository.js';
import { type ImportKind, ImportsRepository, type StoredImport } from '../../records/imports.repository.js';
import { checkRoute } from '../../security/check-bounds.js';
import { type Principal, principalId } from '../../security/principal.js';
import { PointsAllowance } from '../../writes/credits/points-allowance.service.js';
import { keyRequired } from '../../writes/idempotency/idempotency-problems.js';
import { KEY_HEADER } from '../../writes/idempotency/read-key.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import type { AcceptedImport } from './accepted-response.js';
import type { ImportOptions } from './import-options.js';
import { ChunkPacker } from './pack-chunks.js';
import { type PreparedLine, prepareLines } from './prepare-lines.js';
import type { UploadLine } from './upload-line.js';
import { StoredMistakes } from './stored-mistakes.js';
import { whyRefused } from '../results/to-import-dto.js';
import { tooManyImports } from './too-many-imports.js';

/** The parameters of an import. */
export interface ImportRequest {
  readonly kind: ImportKind;
  readonly route: Route;
  readonly onInvalid: 'reject' | 'skip';
  readonly principal: Principal;
}

/** Where the lines of a new import come from. */
interface Origin {
  /** The import that has these failed lines. */
  readonly retryOf?: StoredImport;
  /** Returns how the lines were written, once they were read. */
  readonly readForm: () => CsvForm | undefined;
}

/** Much shorter than the time after which an upload counts as abandoned. */
const TOUCH_EVERY_MS = 15_000;

/** Stores uploads completely or not at all, and reads them no faster than the database can store them. */
@Injectable()
export class UploadService {
  constructor(
    private readonly imports: ImportsRepository,
    private readonly retention: ImportRetentionRepository,
    private readonly rows: ImportRowsRepository,
    private readonly csv: ImportCsvRepository,
    private readonly settings: Settings,
    private readonly allowance: PointsAllowance,
    private readonly log: EventLog,
  ) {}

  /** Prepares the lines like the bodies of single requests of the kind. */
  prepare(
    lines: AsyncIterable<UploadLine>,
    { kind, route, principal }: ImportRequest,
  ): AsyncGenerator<PreparedLine> {
    return prepareLines(lines, UPDATE_KINDS[kind], {
      route,
      bounds: principal,
      scopes: principal.scopes,
      settings: this.settings,
    });
  }

  /**
   * Creates an import from an upload.
   *
   * @param readForm called after the last line; returns undefined unless the upload is CSV
   * @throws Problem if the upload cannot be read, is too large, empty or incomplete; `points-limit`, `too-many-imports`
   */
  async upload(
    lines: AsyncIterable<UploadLine>,
    request: ImportRequest,
    options: ImportOptions,
    readForm: () => CsvForm | undefined,
  ): Promise<AcceptedImport> {
    return this.create(this.prepare(lines, request), request, options, { readForm });
  }

  /**
   * Creates an import from the failed lines of another import. They keep their numbers. Unknown lines are not included.
   *
   * @throws Problem `import-state` if the import has no failed lines, was retried before or refused, or its lines were removed; `out-of-bounds` if the caller
   * may not use its route; `too-many-imports`
   */
  async retry(old: StoredImport, principal: Principal, options: ImportOptions): Promise<AcceptedImport> {
    if (old.state === 'refused') throw new Problem('import-state', { detail: whyRefused(old) });
    if (old.retriedBy !== null) throw retriedAlready(old.retriedBy);
    const hasEnded = old.finishedAt !== null && old.emptiedAt === null;
    if (!hasEnded || old.failed === 0) {
      throw new Problem('import-state');
    }
    const route = old.route as unknown as Route;
    const outside = checkRoute(route, principal);
    if (outside.length > 0) throw outOfBounds(outside);
    const request: ImportRequest = { kind: old.kind, route, onInvalid: 'skip', principal };
    const { form } = await this.csv.find(old.id);
    const lines = this.prepare(this.failedLines(old.id), request);
    return this.create(lines, request, options, { retryOf: old, readForm: () => form });
  }

  private async *failedLines(importId: string): AsyncGenerator<UploadLine> {
    for (let found = await this.rows.failedItems(importId, 0); found;) {
      for (const { line, dto, cells } of found.items) yield { line, value: dto, ...(cells && { cells }) };
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      found = await this.rows.failedItems(importId, found.number);
    }
  }

  /** Returns the id of the retry that was created at the same time. */
  private async retryIdOf(old: StoredImport | undefined): Promise<string | undefined> {
    const now = old && (await this.imports.find(old.id));
    return now?.retriedBy ?? undefined;
  }

  private async create(
    lines: AsyncIterable<PreparedLine>,
    { kind, route, onInvalid, principal }: ImportRequest,
    { maxOpen, mayCreditPoints, onAccepted }: ImportOptions,
    { retryOf, readForm }: Origin,
  ): Promise<AcceptedImport> {
    const id = randomUUID();
    const created = {
      id,
      kind,
      route,
      onInvalid,
      principal: principalId(principal),
      ...(retryOf && { retryOf: retryOf.id }),
    };
    const creation = await this.imports.createWithin(maxOpen, created);
    if (creation === 'too-many') throw tooManyImports(maxOpen);
    if (creation === 'retried') throw retriedAlready(await this.retryIdOf(retryOf));
    const touching = setInterval(() => {
      this.imports.touch(id).catch(() => undefined); // the next statement reports the error
    }, TOUCH_EVERY_MS);
    const packer = new ChunkPacker();
    const mistakes = new StoredMistakes();
    const countsPoints = principal.maxPointsPerDay !== undefined;
    let lastLine = 0;
    const store = async (step: Upload | undefined): Promise<void> => {
      if (step) await this.rows.store(id, step);
    };
    try {
      for await (const one of lines) {
        lastLine = one.line;
        if ('mistakes' in one) {
          await store(packer.addInvalid(one.line, mistakes.resultOf(one.line, one), one.cells));
          continue;
        }
        if (!mayCreditPoints) rejectCredit(one.line, one.update);
        const points = countsPoints ? one.update.credit?.points : 0;
        await store(packer.addItem(one.line, one.dto, points, one.cells));
      }
      if (lastLine === 0) throw nothingToImport(retryOf);
      await store(packer.take());
      const form = readForm();
      const accepted = await this.imports.accept(id, retryOf?.lineCount ?? lastLine, async (tx, stored) => {
        const day = await this.allowance.count(principal, packer.pointCount, tx);
        if (day !== undefined) await this.imports.countOn(tx, id, day);
        if (form) await this.csv.keep(tx, id, form);
        await onAccepted(tx, { accepted: stored, mistakes: mistakes.listed });
      });
      this.log.write('info', 'import.accepted', { importId: id, itemCount: accepted.total });
      return { accepted, mistakes: mistakes.listed };
    } catch (error) {
      // If this fails too, ImportSweep discards the upload later.
      await this.retention.discard(id).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(touching);
    }
  }
}

/** @throws Problem `idempotency-key-required` with the number of the line if it credits points */
function rejectCredit(line: number, update: Update): void {
  if (isSafeToRepeat(update)) return;
  throw keyRequired([
    {
      header: KEY_HEADER,
      code: 'required',
      message: `is required for lines that credit points, such as line ${line}`,
    },
  ]);
}

/** The failed lines of a retry are retried with that import, so no line is ever sent by two imports. */
function retriedAlready(id: string | undefined): Problem {
  if (id === undefined) return new Problem('import-state'); // the other retry ended before its upload was complete
  const detail = `The import was retried already, as /v1/imports/${id}. If lines of that one failed or were canceled, retry that one.`;
  return new Problem('import-state', { detail, retriedBy: id });
}

/** All failed lines of an import may have been erased since it ended. */
function nothingToImport(retryOf: StoredImport | undefined): Problem {
  if (retryOf) return new Problem('import-state');
  return new Problem('upload-unreadable', { detail: 'The upload has no line.' });
}
