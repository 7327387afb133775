import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMPORT_QUEUE } from '../../src/records/imports.repository.js';
import type { DatabaseSettings } from '../../src/database/open-database.js';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { createDatabase, startCluster } from '../../test/harness/postgres.js';
import type { Bench } from '../measure.js';
import type { Figure } from '../report.js';
import { CHUNKS, StorageWork } from '../storage-work.js';

const CALLERS = [16, 64];
/** About two seconds at the goal of PostgreSQL. */
const CHUNKS_WORKED_OFF = 1500;

/** What is to be reached, in each home. */
const GOALS = {
  postgres: { recordsPerSecond: 3000, itemsPerSecond: 80_000 },
  embedded: { recordsPerSecond: 1500, itemsPerSecond: 50_000 },
};

type Home = keyof typeof GOALS;

/** Of the events only faults are told, which nobody would see otherwise. */
const log = {
  write: (): void => undefined,
  fault: (event: string, error: unknown): void => console.error(event, error),
};

/** Measures what `ours` and `plain` come to, in the other order in each round, on a database that is empty each time. */
async function beside(
  work: StorageWork,
  round: number,
  ours: () => Promise<number>,
  plain: () => Promise<number>,
): Promise<[ours: number, plain: number]> {
  await work.clear();
  if (round % 2 === 1) {
    const ofPlain = await plain();
    return [await ours(), ofPlain];
  }
  const ofOurs = await ours();
  return [ofOurs, await plain()];
}

/** What is measured in one home, by name, with one value for each round. */
class Found {
  readonly figures: Figure[] = [];

  constructor(private readonly home: Home) {}

  add(what: string, unit: string, value: number, atLeast?: number): void {
    const name = `${this.home}: ${what}`;
    const at = this.figures.findIndex((figure) => figure.what === name);
    const perRound = [...(this.figures[at]?.perRound ?? []), value];
    const figure = { what: name, unit, perRound, ...(atLeast !== undefined && { target: { atLeast } }) };
    if (at < 0) this.figures.push(figure);
    else this.figures[at] = figure;
    console.log(`  ${name}: ${value.toPrecision(4)} ${unit}`);
  }
}

async function measureHome(home: Home, settings: DatabaseSettings, { options }: Bench): Promise<Figure[]> {
  const storage = await prepareDatabase(settings, log);
  // Nobody works off its jobs: only what the import does beside them is measured.
  await storage.queue.declare(IMPORT_QUEUE, { retryLimit: 0, retryDelaySeconds: 0, keepSeconds: 60 });
  const work = new StorageWork(storage, options.seconds);
  const found = new Found(home);
  const { recordsPerSecond, itemsPerSecond } = GOALS[home];
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      for (const callers of CALLERS) {
        const [ours, plain] = await beside(
          work,
          round,
          () => work.records(callers),
          () => work.plainRecords(callers),
        );
        found.add(`idempotency records, ${callers} callers`, '/s', ours, recordsPerSecond);
        found.add(`the same against plain INSERT and UPDATE, ${callers} callers`, '×', ours / plain);
      }
      for (const [length, chunk] of Object.entries(CHUNKS)) {
        const [ours, plain] = await beside(
          work,
          round,
          () => work.enqueue(chunk),
          () => work.plainEnqueue(chunk),
        );
        const kb = (chunk.payload.length / 1000).toFixed(0);
        found.add(`chunks of ${length} lines (${kb} kB) enqueued`, '/s', ours);
        found.add(`the same against plain INSERT, ${length} lines`, '×', ours / plain, 0.8);
      }
      await work.clear();
      found.add(
        'items worked off',
        '/s',
        await work.workOff(options.isSmoke ? 20 : CHUNKS_WORKED_OFF),
        itemsPerSecond,
      );
    }
  } finally {
    await storage.close();
  }
  return found.figures;
}

async function measurePostgres(bench: Bench): Promise<Figure[]> {
  const cluster = await startCluster().catch((error: unknown) => {
    const because = error instanceof Error ? error.message : String(error);
    console.log(
      `\n  THERE IS NO POSTGRESQL ON THIS MACHINE (${because}): ONLY THE EMBEDDED HOME IS MEASURED\n`,
    );
  });
  if (!cluster) return [];
  try {
    const url = await createDatabase(cluster.url, 'meniscus_bench');
    return await measureHome('postgres', { DATABASE_URL: url, DATA_DIR: '' }, bench);
  } finally {
    await cluster.remove();
  }
}

async function measureEmbedded(bench: Bench): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-bench-data-'));
  try {
    return await measureHome('embedded', { DATA_DIR: folder }, bench);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the database does for the service, against plain statements of the same bytes, in both of its homes. */
export async function measureStorage(bench: Bench): Promise<Figure[]> {
  return [...(await measurePostgres(bench)), ...(await measureEmbedded(bench))];
}
