import { askJson } from './api.js';

/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationDto} ExplanationDto */
/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationListDto} ExplanationListDto */

export const OUTCOMES = /** @type {const} */ (['updated', 'rejected', 'failed', 'unknown']);

/** The most that a list of updates may have. */
const LATEST = 100;
const LATEST_OF_OUTCOME = 25;

/**
 * @param {Record<string, string>} filter
 * @param {number} [limit]
 * @returns {Promise<ExplanationListDto>}
 */
function list(filter, limit = LATEST) {
  const query = new URLSearchParams({ limit: String(limit), ...filter });
  return askJson('GET', `v1/updates?${query}`);
}

/** @param {ExplanationDto} update */
function isSettled({ outcome }) {
  return outcome !== undefined;
}

/**
 * Reads the latest updates. An import submits many at once, so that the latest ones may all be pending; then the latest
 * of each outcome are read too.
 *
 * @param {Record<string, string>} [filter]
 * @returns {Promise<ExplanationListDto>} those with an outcome first
 */
export async function readUpdates(filter = {}) {
  const latest = await list(filter);
  const areAllPending = latest.updates.length > 0 && !latest.updates.some(isSettled);
  const ended = areAllPending
    ? await Promise.all(OUTCOMES.map((outcome) => list({ ...filter, outcome }, LATEST_OF_OUTCOME)))
    : [];
  const byId = new Map([latest, ...ended].flatMap(({ updates }) => updates).map((one) => [one.id, one]));
  const updates = [...byId.values()].toSorted(
    (one, other) =>
      Number(isSettled(other)) - Number(isSettled(one)) || other.submittedAt.localeCompare(one.submittedAt),
  );
  return { ...latest, updates };
}
