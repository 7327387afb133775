import type { ErasuresRepository, OpenErasure } from '../records/erasures.repository.js';
import type { ErasableLinesRepository } from '../records/erasable-lines.repository.js';
import type { ErasableRecordsRepository, PayloadCursor } from '../records/erasable-records.repository.js';
import type { RecordKey } from '../records/idempotency-record.js';
import type { ImportRowsRepository } from '../records/import-rows.repository.js';
import { eraseAnswer, eraseResult, settleLine } from './erase-outcome.js';
import { type ErasedCustomer, namesCustomer } from './names-customer.js';
import { rowNamesCustomer } from './row-names-customer.js';

/** Rows decrypted at a time: some milliseconds, during which nothing else runs. */
const CHUNKS = 4;
const ANSWERS = 50;
const PAYLOADS = 100;

/** The pause before a retry while another process holds a chunk or a key, or an upload is running. */
const BUSY_MS = 1000;

export interface ErasureWalkDependencies {
  readonly erasures: ErasuresRepository;
  readonly rows: ImportRowsRepository;
  readonly lines: ErasableLinesRepository;
  readonly records: ErasableRecordsRepository;
  /** Waits, and throws if the walk must stop. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** Throws if the walk must stop. */
  readonly throwIfStopped: () => void;
}

/** Decrypts all stored rows, and erases those that name the customer. It can be stopped and restarted at any time. */
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
        // oxlint-disable-next-line no-await-in-loop -- until it is accepted or discarded
        await wait(BUSY_MS);
        continue;
      }
      // In this order: once no line is left, no new result can appear.
      // oxlint-disable-next-line no-await-in-loop -- one import after the other
      await this.walkChunks(next.id);
      // oxlint-disable-next-line no-await-in-loop -- after its lines
      await this.walkResults(next.id);
      // oxlint-disable-next-line no-await-in-loop -- after both, so that a kill before it only repeats the walk
      await erasures.endImport(id, next.id);
    }
    await this.walkAnswers();
    await this.walkPayloads(); // last: a request that continues from an answer may create an unknown credit
    await erasures.finish(id);
  }

  private async walkChunks(importId: string): Promise<void> {
    const { lines } = this.dependencies;
    const read = (after: number) => lines.chunksAfter(importId, after, CHUNKS);
    for (let page = await read(-1); page.length > 0; page = await read(page.at(-1)?.number ?? 0)) {
      for (const { number, items } of page) {
        const named = items.filter(({ dto }) => namesCustomer(dto, this.customer));
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
        await this.eraseLines(
          importId,
          named.map(({ line }) => line),
          number,
        );
      }
      this.dependencies.throwIfStopped();
    }
  }

  /** A result of the vendor may contain an identifier that the line did not, and that of an invalid line has its row. */
  private async walkResults(importId: string): Promise<void> {
    const pages = this.dependencies.rows.results(importId, { priority: 'background' });
    for await (const { number, results } of pages) {
      const named = results.filter(
        ({ result, row }) =>
          namesCustomer(JSON.parse(result), this.customer) ||
          (row !== undefined && rowNamesCustomer(row, this.customer)),
      );
      await this.eraseLines(
        importId,
        named.map(({ line }) => line),
        number,
      );
      this.dependencies.throwIfStopped();
    }
  }

  private async eraseLines(importId: string, lines: number[], number: number): Promise<void> {
    if (lines.length === 0) return;
    const what = { erasureId: this.erasure.id, importId, number, lines };
    const results = { replace: eraseResult, settle: settleLine };
    await this.untilDone(() => this.dependencies.lines.erase(what, results));
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
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
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
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
        await records.erasePayload(this.erasure.id, id);
      }
      this.dependencies.throwIfStopped();
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      page = await read(last);
    }
  }

  private async untilDone(step: () => Promise<boolean>): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- until no process holds it
    while (!(await step())) await this.dependencies.wait(BUSY_MS);
  }
}
