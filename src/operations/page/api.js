import { readKey } from './session.js';

/** @typedef {import('../../problems/problem.dto.js').ProblemDto} ProblemDto */

/** A request that the service refused, with its sentence. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {Partial<ProblemDto>} problem
   * @param {number} retryAfterMs
   */
  constructor(status, problem, retryAfterMs) {
    super(problem.detail ?? problem.title ?? `The service responded with the status ${status}.`);
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A request that got no response. */
export class NotReachable extends Error {
  retryAfterMs = 0;

  constructor() {
    super('The service is not reachable.');
  }
}

/** Reports `refused` (the key is not accepted, with the sentence as the detail), `lost` and `back` (the connection). */
export const connection = new EventTarget();

/**
 * @param {Response} response
 * @returns {Promise<Refusal>}
 */
async function toRefusal(response) {
  /** @type {Partial<ProblemDto>} */
  const problem = await response.json().catch(() => ({}));
  return new Refusal(response.status, problem, 1000 * Number(response.headers.get('retry-after') ?? 0));
}

/**
 * Sends a request with the key of the tab.
 *
 * @param {string} method
 * @param {string} path relative to the page, so that a proxy may add a prefix
 * @param {RequestInit & { headers?: Record<string, string> }} [options]
 * @param {string} [key]
 * @returns {Promise<Response>} a response of success
 * @throws {Refusal | NotReachable}
 */
export async function ask(method, path, options = {}, key = readKey()) {
  const headers = { ...options.headers, Authorization: `Bearer ${key}` };
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { ...options, method, headers, cache: 'no-store' });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    connection.dispatchEvent(new Event('lost'));
    throw new NotReachable();
  }
  connection.dispatchEvent(new Event('back'));
  if (response.ok) return response;
  const refusal = await toRefusal(response);
  if (refusal.status === 401) {
    connection.dispatchEvent(new CustomEvent('refused', { detail: refusal.message }));
  }
  throw refusal;
}

/**
 * Sends a request, and reads its response as JSON.
 *
 * @param {string} method
 * @param {string} path
 * @param {RequestInit & { headers?: Record<string, string> }} [options]
 */
export async function askJson(method, path, options) {
  return (await ask(method, path, options)).json();
}

/**
 * Sends a write under an Idempotency-Key.
 *
 * @param {string} path
 * @param {{ key?: string, body?: unknown }} [write]
 */
export async function write(path, { key = newKey(), body } = {}) {
  return askJson('POST', path, {
    headers: {
      'Idempotency-Key': key,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Makes a new Idempotency-Key. `crypto.randomUUID` is only there over https and on loopback. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Returns the sentences of an error: its own, and one for each mistake.
 *
 * @param {unknown} error
 * @returns {string[]}
 */
export function sentencesOf(error) {
  if (!(error instanceof Error)) return ['The page has a fault.'];
  const errors = error instanceof Refusal ? (error.problem.errors ?? []) : [];
  return [
    error.message,
    ...errors.map(({ column, parameter, pointer, message, suggestion }) => {
      const place = column ?? parameter ?? pointer;
      const hint = suggestion === undefined ? '' : ` (${suggestion}?)`;
      return place ? `${place}: ${message}${hint}` : `${message}${hint}`;
    }),
  ];
}
