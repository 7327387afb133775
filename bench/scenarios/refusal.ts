import { createKey, startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { type Case, cpuUs, measureRounds } from '../rounds.js';

const PER_SECOND = 400;
const SERVED = 'served';
const MOST = 0.25;

/**
 * Measures the processor time of a refused request against a served one, of the same process at the same fixed rate.
 * After the first failures of an address, requests without a key get 429 instead of 401.
 */
export async function measureRefusal(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const keys = programs.newFile('api-keys');
  const limited = createKey(keys, ['--requests-per-second', '1']);
  const service = await startService(programs, vendor.url, {
    API_KEYS_FILE: keys,
    DATA_DIR: programs.newFile('data'),
    UPSTREAM_CALLS_PER_MINUTE: '0',
  });
  await warmUp(bench, [service]);
  const load = { seconds: options.steadySeconds, requestsPerSecond: PER_SECOND };
  const refusals: Record<string, Case> = {
    'rate limit (429)': { contender: { ...service, headers: limited }, load, expects: [429] },
    'no key (401, then 429)': { contender: { ...service, headers: {} }, load, expects: [401, 429] },
    'invalid body (400)': { contender: { ...service, wording: 'invalid' }, load, expects: [400] },
  };
  const cases = { [SERVED]: { contender: service, load }, ...refusals };
  const rounds = await measureRounds(bench, 'refusal', vendor, cases);
  await stopContenders([service, vendor]);
  return [
    ...Object.keys(refusals).map((name) => ({
      what: `processor time of a refusal at ${PER_SECOND}/s against a served request, ${name}`,
      unit: '×',
      perRound: rounds.ratio(name, SERVED, cpuUs),
      target: { atMost: MOST },
    })),
    ...rounds.cpuFigures(Object.keys(cases), ` at ${PER_SECOND}/s`),
  ];
}
