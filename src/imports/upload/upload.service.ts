import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Route } from '../../delivery/update.js';
import { DefaultLoyaltyType } from '../../writes/default-loyalty-type.pipe.js';
import { judgeRoute } from '../../security/check-bounds.js';
import { PointsAllowance } from '../../writes/credits/points-allowance.service.js';
import { ProblemException, outOfBounds } from '../../problems/problem.js';
import { PROBLEM_PAGES } from '../../problems/problem-catalog.js';
import { EventLog } from '../../observability/event-log.js';
import { type Principal, principalId } from '../../security/principal.js';
import type { Queryable } from '../../database/database.js';
import { ImportRowsRepository, type Upload } from '../../records/import-rows.repository.js';
import { ImportRetentionRepository } from '../../records/import-retention.repository.js';
import { type ImportKind, ImportsRepository, type StoredImport } from '../../records/imports.repository.js';
import { LINE_KINDS } from '../import-kinds.js';
import { countLines, judgeLines } from './check-lines.js';
import { ChunkPacker } from './pack-chunks.js';
import type { ReadLine } from './read-line.js';
import { refuseCredit } from './refuse-credit.js';
import { tooManyImports } from './too-many-imports.js';
import { ToldMistakes } from './stored-mistakes.js';
import { type ValidatedLine, validateLines } from './validate-lines.js';

/** What an import is asked to be. */
export interface ImportTerms {
  readonly kind: ImportKind;
  readonly route: Route;
  readonly onInvalid: 'reject' | 'skip';
  /** Whoever asks for it. */
  readonly principal: Principal;
}

/** How an import is made. */
export interface Making {
  /** Whether its lines may credit points; else the first one that does refuses all. */
  readonly mayCreditPoints: boolean;
  /** How many imports of one principal may be open, this one among them. */
  readonly mostOpen: number;
  /** What becomes true together with it. */
  readonly also: (tx: Queryable, accepted: StoredImport) => Promise<void>;
}

/** Well within the time after which an upload counts as abandoned. */
const TOUCH_EVERY_MS = 15_000;

/** @returns what is to be stored before the line is added */
function add(
  packer: ChunkPacker,
  one: ValidatedLine,
  told: ToldMistakes,
  pointsOf: (dto: unknown) => number,
): Upload | undefined {
  return 'mistakes' in one
    ? packer.addInvalid(one.line, told.resultOf(one.line, one))
    : packer.addItem(one.line, one.dto, pointsOf(one.dto));
}

/** Stores what is uploaded, step by step and no faster than the database takes it; all of it, or nothing. */
@Injectable()
export class UploadService {
  constructor(
    private readonly imports: ImportsRepository,
    private readonly retention: ImportRetentionRepository,
    private readonly rows: ImportRowsRepository,
    private readonly defaults: DefaultLoyaltyType,
    private readonly allowance: PointsAllowance,
    private readonly log: EventLog,
  ) {}

  /** The lines as updates of the kind would be validated and judged. */
  validate(
    lines: AsyncIterable<ReadLine>,
    { kind, route, principal }: ImportTerms,
  ): AsyncGenerator<ValidatedLine> {
    const lineKind = LINE_KINDS[kind];
    const fillIn = (given: unknown): unknown =>
      lineKind.hasDefaultLoyaltyType ? this.defaults.transform(given) : given;
    return validateLines(lines, lineKind, fillIn, judgeLines(kind, route, principal));
  }

  /**
   * Makes an import of what is uploaded.
   *
   * @throws ProblemException where it cannot be read, is too large, holds nothing or was cut off; `points-limit`, `too-many-imports`
   */
  async upload(lines: AsyncIterable<ReadLine>, terms: ImportTerms, making: Making): Promise<StoredImport> {
    const pointsOf = countLines(terms.kind, terms.route, terms.principal);
    return this.build(terms, undefined, making, async (packer, store) => {
      const told = new ToldMistakes();
      let lineCount = 0;
      for await (const one of this.validate(lines, terms)) {
        lineCount = one.line;
        if ('dto' in one && !making.mayCreditPoints) refuseCredit(one, terms);
        await store(add(packer, one, told, pointsOf));
      }
      await store(packer.take());
      if (lineCount === 0) throw new ProblemException('upload-unreadable', 'The upload holds no line.');
      return lineCount;
    });
  }

  /**
   * Makes an import of the failed lines of another one, which keep their numbers. Those in doubt are never among them.
   *
   * @throws ProblemException `import-state` where it has none, or they are gone; `out-of-bounds` where its route is;
   * `too-many-imports`
   */
  async retry(old: StoredImport, principal: Principal, making: Making): Promise<StoredImport> {
    const hasEnded = old.finishedAt !== null && old.emptiedAt === null;
    if (!hasEnded || old.failed === 0) {
      throw new ProblemException('import-state', PROBLEM_PAGES['import-state'].explanation);
    }
    const { kind, id: retryOf, lineCount } = old;
    const route = old.route as unknown as Route;
    const outside = judgeRoute(route, principal);
    if (outside.length > 0) throw outOfBounds(outside);
    const judge = judgeLines(kind, route, principal);
    const terms: ImportTerms = { kind, route, onInvalid: 'skip', principal };
    const pointsOf = countLines(kind, route, principal);
    return this.build(terms, retryOf, making, async (packer, store) => {
      const told = new ToldMistakes();
      for (let found = await this.rows.failedItems(retryOf, 0); found;) {
        for (const one of found.items) {
          if (!making.mayCreditPoints) refuseCredit(one, terms);
          const mistakes = judge(one.dto);
          const judged: ValidatedLine =
            mistakes.length > 0 ? { line: one.line, outcome: 'outside', mistakes } : one;
          // oxlint-disable-next-line no-await-in-loop -- in the order of lines
          await store(add(packer, judged, told, pointsOf));
        }
        // oxlint-disable-next-line no-await-in-loop -- in the order of lines
        found = await this.rows.failedItems(retryOf, found.number);
      }
      await store(packer.take());
      return lineCount;
    });
  }

  private async build(
    { kind, route, onInvalid, principal }: ImportTerms,
    retryOf: string | undefined,
    { mostOpen, also }: Making,
    fill: (packer: ChunkPacker, store: (step: Upload | undefined) => Promise<void>) => Promise<number>,
  ): Promise<StoredImport> {
    const id = randomUUID();
    const created = {
      id,
      kind,
      route,
      onInvalid,
      principal: principalId(principal),
      ...(retryOf !== undefined && { retryOf }),
    };
    if (!(await this.imports.createWithin(mostOpen, created))) throw tooManyImports(mostOpen);
    const touching = setInterval(() => {
      this.imports.touch(id).catch(() => undefined); // the next step tells
    }, TOUCH_EVERY_MS);
    try {
      const packer = new ChunkPacker();
      const lineCount = await fill(packer, async (step) => {
        if (step) await this.rows.store(id, step);
      });
      const accepted = await this.imports.accept(id, lineCount, async (tx, stored) => {
        const day = await this.allowance.count(principal, packer.pointCount, tx);
        if (day !== undefined) await this.imports.countOn(tx, id, day);
        await also(tx, stored);
      });
      this.log.write('info', 'import.accepted', { importId: id, itemCount: accepted.total });
      return accepted;
    } catch (error) {
      // Where that fails too, the sweep does it.
      await this.retention.discard(id).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(touching);
    }
  }
}
