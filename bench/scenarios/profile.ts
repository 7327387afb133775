import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startService, startVendor } from '../contenders.js';
import { type Bench, measure, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { type SelfTime, readSelfTimes } from '../self-times.js';

const CONNECTIONS = [256, 1000];
const PRINTED_ROWS = 15;
const SAMPLE_EVERY_US = 500;

function printTimes(title: string, times: readonly SelfTime[], answerCount: number): void {
  console.log(`\n  ${title}`);
  for (const { place, ms, share } of times.slice(0, PRINTED_ROWS)) {
    const us = ((ms * 1000) / answerCount).toFixed(1).padStart(6);
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${us} µs  ${place}`);
  }
}

/** Shows where the service spends its time: self times from `node --cpu-prof`, which also slows it down. */
export async function profile(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  for (const connections of CONNECTIONS) {
    const folder = join(process.cwd(), 'artifacts', `profile-${connections}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const vendor = await startVendor(programs);
    const service = await startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: '0' }, [
      '--cpu-prof',
      `--cpu-prof-dir=${folder}`,
      `--cpu-prof-interval=${SAMPLE_EVERY_US}`,
    ]);
    await warmUp(bench, [service]);
    const target = { scenario: 'profile' as const, contender: service, vendor, round: 0 };
    const { load } = await measure(bench, target, { connections, seconds: options.seconds });
    await Promise.all([service, vendor].map(({ program }) => program.stop()));

    const [file = ''] = readdirSync(folder);
    const { functions, rooms } = readSelfTimes(readFileSync(join(folder, file), 'utf8'));
    const answerCount = load.answers['200']?.count ?? NaN;
    printTimes(`self time at ${connections} connections, by function`, functions, answerCount);
    printTimes(`self time at ${connections} connections, by room`, rooms, answerCount);
    const ours = functions.filter(({ place }) => / src\//.test(place));
    printTimes(`self time at ${connections} connections, our own functions`, ours, answerCount);
  }
  return [];
}
