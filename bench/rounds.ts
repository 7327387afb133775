import type { Contender } from './contenders.js';
import { answersWith } from './load.js';
import { type Bench, type Load, type Measurement, measure, rotated } from './measure.js';
import type { ScenarioName } from './options.js';
import type { Figure } from './report.js';
import type { StubSettings } from './stub-control.js';

/** One of the things that a scenario compares: a load on a contender. */
export interface Case {
  readonly contender: Contender;
  readonly load: Load;
  readonly vendorSettings?: StubSettings;
  /** The statuses that the load is about; 200 when left out. */
  readonly expects?: readonly number[];
  /** Runs the measurement in surroundings of its own, such as other callers that wait. */
  readonly surround?: (run: () => Promise<Measurement>) => Promise<Measurement>;
}

/** The measurements of all rounds, by the name of the case. */
export class Rounds {
  constructor(private readonly found: Readonly<Record<string, readonly Measurement[]>>) {}

  /** Returns one value for each round. */
  each(name: string, read: (one: Measurement) => number): number[] {
    return (this.found[name] ?? []).map(read);
  }

  /** Returns the ratio of two cases within each round. */
  ratio(name: string, peer: string, read: (one: Measurement) => number): number[] {
    const ofPeer = this.each(peer, read);
    return this.each(name, read).map((one, round) => one / (ofPeer[round] ?? NaN));
  }

  /** Returns the figures that explain ratios of processor time. */
  cpuFigures(names: readonly string[], where = ''): Figure[] {
    return names.map((name) => ({
      what: `processor time per request${where}, ${name}`,
      unit: 'µs',
      perRound: this.each(name, cpuUs),
    }));
  }
}

export const cpuUs = ({ cpuUsPerAnswer }: Measurement): number => cpuUsPerAnswer;
export const perSecond = ({ load }: Measurement): number => load.succeededPerSecond;
export const medianMs = ({ load }: Measurement): number => answersWith(load, 200).p50;
export const p99Ms = ({ load }: Measurement): number => answersWith(load, 200).p99;

/** Measures all cases in every round, in another order each time. */
export async function measureRounds(
  bench: Bench,
  scenario: ScenarioName,
  vendor: Contender,
  cases: Readonly<Record<string, Case>>,
): Promise<Rounds> {
  const found: Record<string, Measurement[]> = {};
  for (let round = 0; round < bench.options.rounds; round += 1) {
    for (const [name, one] of rotated(Object.entries(cases), round)) {
      const { contender, load, vendorSettings, expects, surround = (run) => run() } = one;
      const target = {
        scenario,
        contender,
        vendor,
        round,
        name,
        ...(vendorSettings && { vendorSettings }),
        ...(expects && { expects }),
      };
      (found[name] ??= []).push(await surround(() => measure(bench, target, load)));
    }
  }
  return new Rounds(found);
}
