/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationDto} ExplanationDto */

/**
 * What the latest updates say about one lane.
 *
 * @typedef {{ name: string, pending: number, updates: number, calls: number, perCall: number, waitMs: number }} LaneSummary
 */

/**
 * Names a lane by what its updates share.
 *
 * @param {ExplanationDto['lane']} lane
 */
export function nameLane({ source, accountId, attributionType, attributionCode, kind }) {
  const parts = [source, accountId, attributionCode && `${attributionType} ${attributionCode}`];
  return `${parts.filter(Boolean).join(' · ')} (${kind})`;
}

/**
 * Sums up the latest updates by lane, the lane with the most updates first.
 *
 * @param {readonly ExplanationDto[]} updates
 * @returns {LaneSummary[]}
 */
export function summarizeLanes(updates) {
  return [...Map.groupBy(updates, ({ lane }) => nameLane(lane))]
    .map(([name, own]) => ({ name, ...summarize(own) }))
    .toSorted((one, other) => other.updates - one.updates);
}

/** @param {readonly ExplanationDto[]} updates */
export function summarize(updates) {
  /** @type {Map<string, number>} */
  const itemsOf = new Map();
  /** @type {number[]} */
  const waits = [];
  for (const { steps } of updates) {
    const sent = steps.filter(({ event }) => event === 'sent');
    for (const { callId = '', itemCount = 1 } of sent) itemsOf.set(callId, itemCount);
    if (sent[0]) waits.push(sent[0].afterMs);
  }
  const items = [...itemsOf.values()].reduce((sum, one) => sum + one, 0);
  return {
    pending: updates.filter(({ outcome }) => outcome === undefined).length,
    updates: updates.length,
    calls: itemsOf.size,
    perCall: itemsOf.size === 0 ? 0 : items / itemsOf.size,
    waitMs: waits.toSorted((one, other) => one - other)[Math.floor(waits.length / 2)] ?? 0,
  };
}
