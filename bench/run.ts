import { median } from './figures.js';
import type { Bench } from './measure.js';
import { type ScenarioName, readOptions } from './options.js';
import { Programs } from './programs.js';
import { type Figure, type Machine, describeMachine, writeJson, writeTable } from './report.js';
import { measureBatch } from './scenarios/batch.js';
import { measureBudget } from './scenarios/budget.js';
import { measureCold } from './scenarios/cold.js';
import { measureHealth } from './scenarios/health.js';
import { measureIdle } from './scenarios/idle.js';
import { measureImport } from './scenarios/import.js';
import { measureKeyed } from './scenarios/keyed.js';
import { measureLatency } from './scenarios/latency.js';
import { measureMemory } from './scenarios/memory.js';
import { measurePending } from './scenarios/pending.js';
import { measureOverload } from './scenarios/overload.js';
import { profile } from './scenarios/profile.js';
import { measureRefusal } from './scenarios/refusal.js';
import { measureReplicas } from './scenarios/replicas.js';
import { measureSeen } from './scenarios/seen.js';
import { measureStart } from './scenarios/start.js';
import { measureSteady } from './scenarios/steady.js';
import { measureStorage } from './scenarios/storage.js';
import { measureThroughput } from './scenarios/throughput.js';

/** `npm run bench` measures the service and its peers, prints a table, and leaves no process running. */

const scenarios: Record<ScenarioName, (bench: Bench) => Promise<Figure[]>> = {
  latency: measureLatency,
  throughput: measureThroughput,
  steady: measureSteady,
  refusal: measureRefusal,
  health: measureHealth,
  keyed: measureKeyed,
  seen: measureSeen,
  pending: measurePending,
  cold: measureCold,
  start: measureStart,
  idle: measureIdle,
  replicas: measureReplicas,
  budget: measureBudget,
  memory: measureMemory,
  overload: measureOverload,
  import: measureImport,
  storage: measureStorage,
  batch: measureBatch,
  profile,
};

function report(machine: Machine, bench: Bench, figures: readonly Figure[]): void {
  const { options, othersShares } = bench;
  const file = options.scenarios.includes('memory') ? 'artifacts/bench-memory.json' : 'artifacts/bench.json';
  writeJson(file, machine, bench, figures);
  const { processor, cores, node } = machine;
  console.log(`\n${writeTable(figures, options.isSmoke)}\n`);
  console.log(`${processor}, ${cores} cores, Node ${node}; ${file} has all details.`);
  if (options.isSmoke) console.log('A smoke run shows that the bench works; its figures mean nothing.');
  if (othersShares.length === 0) return;
  const disturbed = median(othersShares) * 100;
  console.log(`Other programs took ${disturbed.toFixed(0)} % of the machine, in the median.`);
}

const programs = new Programs();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void programs.stopAll().then(() => process.exit(130)));
}

try {
  const options = readOptions(process.argv.slice(2));
  const machine = describeMachine();
  const bench: Bench = {
    programs,
    options,
    measurements: [],
    othersShares: [],
    repeatsLeft: options.repeats,
  };
  const figures: Figure[] = [];
  for (const name of options.scenarios) {
    console.log(`${name}:`);
    figures.push(...(await scenarios[name](bench)));
  }
  if (figures.length > 0) report(machine, bench, figures);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await programs.stopAll();
}
