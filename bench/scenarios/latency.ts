import { startProxy, startService, startTextbook, startVendor } from '../contenders.js';
import { answersWith } from '../load.js';
import { type Bench, measure, rotated, warmUp } from '../measure.js';
import type { Figure } from '../report.js';

/** Measures one caller with one request at a time: the latency that each contender adds to the vendor's own. */
export async function measureLatency(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: '0' });
  const proxy = await startProxy(programs, vendor.url);
  const textbook = await startTextbook(programs, vendor.url);
  const contenders = [vendor, service, proxy, textbook];
  await warmUp(bench, contenders);

  const medians: Record<string, number[]> = {};
  for (let round = 0; round < options.rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      const target = { scenario: 'latency' as const, contender, vendor, round };
      const { load } = await measure(bench, target, { connections: 1, seconds: options.seconds });
      (medians[contender.name] ??= []).push(answersWith(load, 200).p50);
    }
  }
  await Promise.all(contenders.map(({ program }) => program.stop()));

  const more = (one: string, other: string): number[] =>
    (medians[one] ?? []).map((ms, round) => ms - (medians[other]?.[round] ?? NaN));
  return [
    {
      what: 'median latency added to the vendor’s own at 1 connection',
      unit: 'ms',
      perRound: more('service', 'vendor'),
    },
    {
      what: 'the part beyond what the bare proxy adds',
      unit: 'ms',
      perRound: more('service', 'proxy'),
      target: { atMost: 0.5 },
    },
    { what: 'added by the bare proxy', unit: 'ms', perRound: more('proxy', 'vendor') },
    { what: 'added by the textbook BFF', unit: 'ms', perRound: more('textbook', 'vendor') },
  ];
}
