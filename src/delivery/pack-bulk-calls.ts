import type { CustomerKey } from './customer-key.js';
import { type Route, type Update, ownedKeys } from './update.js';

/** Says which updates may share a call. */
function routeKey({ source, accountId, attribution }: Route): string {
  return JSON.stringify([source, accountId, attribution?.type, attribution?.code]);
}

/**
 * Packs updates into bulk calls of one route and at most `maxItems` each.
 *
 * The calls come in waves: those of one wave may fly side by side, the next wave waits for them. Updates with a
 * customer in common (as customer, child or parent) never share a wave, and keep the order in which they came.
 *
 * @returns waves of calls; a call is a list of positions in `updates`
 */
export function packBulkCalls(updates: readonly Update[], maxItems: number): number[][][] {
  const waves: Map<string, number[][]>[] = [];
  const nextWave = new Map<CustomerKey, number>();
  updates.forEach((update, position) => {
    const keys = [...ownedKeys(update), ...update.parent];
    const wave = keys.reduce((latest, key) => Math.max(latest, nextWave.get(key) ?? 0), 0);
    for (const key of keys) nextWave.set(key, wave + 1);

    const calls = (waves[wave] ??= new Map<string, number[][]>());
    const route = routeKey(update.route);
    const lane = calls.get(route) ?? [];
    calls.set(route, lane);
    const last = lane.at(-1);
    if (last && last.length < maxItems) last.push(position);
    else lane.push([position]);
  });
  return waves.map((calls) => [...calls.values()].flat());
}
