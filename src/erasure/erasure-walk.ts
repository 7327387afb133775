import type { ErasuresRepository, OpenErasure } from '../records/erasures.repository.js';
import type { ErasableLinesRepository } from '../records/erasable-lines.repository.js';
import type { ErasableRecordsRepository, PayloadCursor } from '../records/erasable-records.repository.js';
import type { RecordKey } from '../records/idempotency-record.js';
import type { ImportRowsRepository } from '../records/import-rows.repository.js';
import { eraseAnswer, eraseResult, settleLine } from './erase-outcome.js';
import { type ErasedCustomer, namesCustomer } from './names-customer.js';

/** Rows that are opened at a time: some milliseconds, in which nothing else runs. */
const CHUNKS = 4;
const RESULTS = 300;
const ANSWERS = 50;
const PAYLOADS = 100;

/** Until whoever has a chunk, or works under a key, may be done; and until an upload may have ended. */
const BUSY_MS = 1000;

export interface ErasureWalkDependencies {
  readonly erasures: ErasuresRepository;
  readonly rows: ImportRowsRepository;
  readonly lines: ErasableLinesRepository;
  readonly records: ErasableRecordsRepository;
  /** Waits, or throws when the walk is to stop. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** Throws when the walk is to stop. */
  readonly throwIfStopped: () => void;
}

/** Opens all that is stored, row by row, and erases what names the customer. It may be stopped and begun again at any time. */
export class ErasureWalk {
  constructor(
    private readonly dependencies: ErasureWalkDependencies,
    private readonly erasure: OpenErasure,
    private readonly customer: ErasedCustomer,
  ) {}

  async run(): Promise<void> {
    const { erasures, wait } = this.dependencies;
    const { id } = this.erasure;
    for (let next = await erasures.nextImport(id); next; next = await erasures.nextImport(id)) {
      if (next.isUploading) {
        // oxlint-disable-next-line no-await-in-loop -- until it is accepted or given up
        await wait(BUSY_MS);
        continue;
      }
      // In this order: when no line is left, no result can come any more.
      // oxlint-disable-next-line no-await-in-loop -- one import after the other
      await this.walkChunks(next.id);
      // oxlint-disable-next-line no-await-in-loop -- after its lines
      await this.walkResults(next.id);
      // oxlint-disable-next-line no-await-in-loop -- after both, so that a kill before it only walks it again
      await erasures.endImport(id, next.id);
    }
    await this.walkAnswers();
    await this.walkPayloads(); // at last: what goes on from an answer may be in doubt again
    await erasures.finish(id);
  }

  private async walkChunks(importId: string): Promise<void> {
    const { lines } = this.dependencies;
    const read = (after: number) => lines.chunksAfter(importId, after, CHUNKS);
    for (let page = await read(-1); page.length > 0; page = await read(page.at(-1)?.number ?? 0)) {
      for (const { number, items } of page) {
        const named = items.filter(({ dto }) => namesCustomer(dto, this.customer));
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as nobody waits
        await this.eraseLines(
          importId,
          named.map(({ line }) => line),
          number,
        );
      }
      this.dependencies.throwIfStopped();
    }
  }

  /** The vendor may have told an identifier that the line did not have. */
  private async walkResults(importId: string): Promise<void> {
    const { lines, rows } = this.dependencies;
    const read = (after: number) => rows.results(importId, after, RESULTS, { priority: 'background' });
    for (let page = await read(0); page.length > 0; page = await read(page.at(-1)?.line ?? 0)) {
      const named = page.filter(({ result }) => namesCustomer(JSON.parse(result), this.customer));
      for (const { line } of named) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as nobody waits
        await this.eraseLines(importId, [line], await lines.chunkOf(importId, line));
      }
      this.dependencies.throwIfStopped();
    }
  }

  private async eraseLines(importId: string, lines: number[], number: number | undefined): Promise<void> {
    if (lines.length === 0) return;
    const what = { erasureId: this.erasure.id, importId, lines };
    const told = { replace: eraseResult, settle: settleLine };
    await this.untilDone(() => this.dependencies.lines.erase(what, number, told));
  }

  private async walkAnswers(): Promise<void> {
    const { records } = this.dependencies;
    const replace = (body: string): string | undefined => eraseAnswer(body, this.customer);
    let after: RecordKey | undefined = { principal: '', endpoint: '', key: '' };
    while (after) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      const { found, last }: Awaited<ReturnType<typeof records.answersAfter>> = await records.answersAfter(
        after,
        ANSWERS,
      );
      for (const one of found.filter(({ body }) => replace(body) !== undefined)) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as nobody waits
        await this.untilDone(() => records.replaceAnswer(this.erasure.id, one, replace));
      }
      after = last;
      this.dependencies.throwIfStopped();
    }
  }

  private async walkPayloads(): Promise<void> {
    const { records } = this.dependencies;
    const read = (after: PayloadCursor) => records.payloadsAfter(this.erasure, after, PAYLOADS);
    let page = await read({ createdAt: '-infinity', id: '' });
    for (let last = page.at(-1); last; last = page.at(-1)) {
      for (const { id, payload } of page) {
        if (!namesCustomer(JSON.parse(payload), this.customer)) continue;
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as nobody waits
        await records.erasePayload(this.erasure.id, id);
      }
      this.dependencies.throwIfStopped();
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      page = await read(last);
    }
  }

  private async untilDone(step: () => Promise<boolean>): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- until nobody has it
    while (!(await step())) await this.dependencies.wait(BUSY_MS);
  }
}
