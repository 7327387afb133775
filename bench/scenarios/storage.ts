import { IMPORT_QUEUE } from '../../src/records/imports.repository.js';
import type { DatabaseSettings } from '../../src/database/open-database.js';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import type { Bench } from '../measure.js';
import { type Driver, withEachDriver } from '../postgres.js';
import type { Figure } from '../report.js';
import { CHUNKS, StorageWork } from '../storage-work.js';

const CALLERS = [16, 64];
/** About two seconds at the goal of PostgreSQL. */
const PROCESSED_CHUNKS = 1500;

/** The targets of each driver. */
const GOALS: Record<Driver, { readonly recordsPerSecond: number; readonly linesPerSecond: number }> = {
  postgres: { recordsPerSecond: 3000, linesPerSecond: 40_000 },
  embedded: { recordsPerSecond: 1500, linesPerSecond: 25_000 },
};

/** Prints faults only, which would go unnoticed otherwise. */
const log = {
  write: (): void => undefined,
  fault: (event: string, error: unknown): void => console.error(event, error),
};

/** Measures `ours` and `plain`, in alternating order from round to round, on a database that is empty each time. */
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

/** Collects the figures of one driver by name, with one value for each round. */
class Found {
  readonly figures: Figure[] = [];

  constructor(private readonly driver: Driver) {}

  add(what: string, unit: string, value: number, atLeast?: number): void {
    const name = `${this.driver}: ${what}`;
    const at = this.figures.findIndex((figure) => figure.what === name);
    const perRound = [...(this.figures[at]?.perRound ?? []), value];
    const figure = { what: name, unit, perRound, ...(atLeast !== undefined && { target: { atLeast } }) };
    if (at < 0) this.figures.push(figure);
    else this.figures[at] = figure;
    console.log(`  ${name}: ${value.toPrecision(4)} ${unit}`);
  }
}

async function measureDriver(
  driver: Driver,
  settings: DatabaseSettings,
  { options }: Bench,
): Promise<Figure[]> {
  const storage = await prepareDatabase(settings, log);
  // No worker takes the jobs of this queue: only what an import does besides them is measured.
  await storage.queue.declare(IMPORT_QUEUE, { retryLimit: 0, retryDelaySeconds: 0, keepSeconds: 60 });
  const work = new StorageWork(storage, options.seconds);
  const found = new Found(driver);
  const goals = GOALS[driver];
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      for (const callers of CALLERS) {
        const [ours, plain] = await beside(
          work,
          round,
          () => work.records(callers),
          () => work.plainRecords(callers),
        );
        found.add(`idempotency records, ${callers} callers`, '/s', ours, goals.recordsPerSecond);
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
      const { linesPerSecond, cpuUsPerLine } = await work.workOff(options.isSmoke ? 20 : PROCESSED_CHUNKS);
      found.add('lines of an import worked off', '/s', linesPerSecond, goals.linesPerSecond);
      found.add('the same, processor time per line', 'µs', cpuUsPerLine);
    }
  } finally {
    await storage.close();
  }
  return found.figures;
}

/** Measures the service's use of the database against plain statements of the same bytes, with both drivers. */
export async function measureStorage(bench: Bench): Promise<Figure[]> {
  return withEachDriver(bench, (driver, choice) => measureDriver(driver, { DATA_DIR: '', ...choice }, bench));
}
