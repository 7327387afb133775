import type { CallFailure, CallResult, FailureReason, VendorMessage } from './call-result.js';
import { type CleanMessage, readItemResult, readMessages } from './read-results.js';
import type { HttpAnswer } from './vendor-http.js';

/** `vendor`: JSON with at least one code of an error. `bare`: anything else, such as the HTML of a gateway, or its own JSON. */
type Shape = 'vendor' | 'bare';

type Reading =
  | { as: 'not-processed'; reason: FailureReason; mayBeOfOne?: boolean }
  | { as: 'ambiguous'; reason: FailureReason }
  | { as: 'unauthorized' }
  | { as: 'refused'; reason: FailureReason; isDivisible: boolean };

interface AnswerRule {
  /** A code of the vendor in the body, or an HTTP status: [from, to], both included. */
  readonly code?: readonly [number, number];
  readonly status?: readonly [number, number];
  readonly shape?: Shape;
  /** What one of the vendor's messages says, where one code means different things. */
  readonly says?: RegExp;
  readonly reading: Reading;
}

const customerBusy: Reading = { as: 'not-processed', reason: 'customer-busy' };
const rateLimited: Reading = { as: 'not-processed', reason: 'rate-limited' };
const upstreamBusy: Reading = { as: 'not-processed', reason: 'upstream-busy' };
const searchBusy: Reading = { as: 'not-processed', reason: 'upstream-busy', mayBeOfOne: true };
const webServerDown: Reading = { as: 'not-processed', reason: 'web-server-down' };
const unauthorized: Reading = { as: 'unauthorized' };
const tooLarge: Reading = { as: 'refused', reason: 'batch-too-large', isDivisible: true };
const bodyTooLarge: Reading = { as: 'refused', reason: 'body-too-large', isDivisible: true };
const refusedRoute: Reading = { as: 'refused', reason: 'call-refused', isDivisible: false };
const refused: Reading = { as: 'refused', reason: 'call-refused', isDivisible: true };
const misconfigured: Reading = { as: 'refused', reason: 'upstream-misconfigured', isDivisible: false };
const upstreamError: Reading = { as: 'ambiguous', reason: 'upstream-error' };
const unreadable: Reading = { as: 'ambiguous', reason: 'answer-unreadable' };
const redirected: Reading = { as: 'ambiguous', reason: 'redirected' };
const stoppedOnTheWay: Reading = { as: 'not-processed', reason: 'gateway-refused' };
const unexplained: Reading = { as: 'refused', reason: 'no-verdict', isDivisible: true };

const FIELD_MISSING = /mandatory|missing|required/i;
const NO_ACCESS =
  /access (?:is )?denied|not (?:been )?enabled|not (?:allowed|permitted|authori[sz]ed)|forbidden/i;

/**
 * The meaning of an answer without results; the first row that fits decides. A code in the body means more than the
 * HTTP status, and 521 means opposite things with the vendor's JSON and without. Source: docs/vendor-contract.md
 * section 3.
 *
 * Only the vendor's JSON gives a verdict on updates. A bare 4xx comes from something on the way, which processed nothing:
 *
 * - 404, 405 and 415: our path, host, method or content type is wrong. 414 and 431 likewise, as neither the URL nor the
 *   headers hold anything of an update.
 * - 413: the body is too large, so it is divided.
 * - 400: something in the body may be the cause, so it is divided; an update that is refused alone has failed, and is not
 *   rejected.
 * - Any other: it is sent again.
 */
const ANSWER_RULES: readonly AnswerRule[] = [
  // Never followed, so that credentials stay with their host. The call may have been applied, whatever the body says.
  { status: [300, 399], reading: redirected },
  { code: [521, 521], reading: customerBusy },
  { code: [429, 429], reading: rateLimited },
  { code: [461, 461], reading: searchBusy },
  { code: [503, 503], reading: upstreamBusy },
  { code: [4001, 4001], reading: upstreamBusy },
  { code: [401, 401], reading: unauthorized },
  { code: [1060, 1060], reading: tooLarge },
  { code: [1061, 1062], reading: refusedRoute },
  { code: [1064, 1064], reading: refusedRoute },
  { code: [91021, 91021], reading: refusedRoute },
  { code: [403, 403], says: FIELD_MISSING, reading: refused },
  { code: [403, 403], says: NO_ACCESS, reading: misconfigured },
  { code: [404, 405], reading: misconfigured },
  { code: [413, 413], reading: bodyTooLarge },
  { code: [415, 415], reading: misconfigured },
  { code: [500, 599], reading: upstreamError },
  { code: [1024, 1024], reading: upstreamError },
  { code: [10002, 10002], reading: upstreamError },
  { status: [401, 401], reading: unauthorized },
  { status: [403, 403], says: FIELD_MISSING, reading: refused },
  { status: [403, 403], says: NO_ACCESS, reading: misconfigured },
  { status: [408, 408], reading: upstreamBusy },
  { status: [425, 425], reading: upstreamBusy },
  { status: [429, 429], reading: rateLimited },
  { status: [461, 461], reading: searchBusy },
  { status: [503, 503], reading: upstreamBusy },
  { status: [521, 521], shape: 'vendor', reading: customerBusy },
  { status: [521, 521], shape: 'bare', reading: webServerDown },
  { status: [500, 599], reading: upstreamError },
  { status: [404, 405], reading: misconfigured },
  { status: [413, 413], reading: bodyTooLarge },
  { status: [414, 415], reading: misconfigured },
  { status: [431, 431], reading: misconfigured },
  { status: [400, 499], shape: 'vendor', reading: refused },
  { status: [400, 400], reading: unexplained },
  { status: [400, 499], reading: stoppedOnTheWay },
  { code: [1, Number.MAX_SAFE_INTEGER], reading: refused },
  { reading: unreadable },
];

function fits(range: readonly [number, number] | undefined, values: readonly number[]): boolean {
  return range === undefined || values.some((value) => value >= range[0] && value <= range[1]);
}

function nameRange(what: string, range: readonly [number, number] | undefined): string[] {
  if (!range) return [];
  const [from, to] = range;
  return [`${what} ${from === to ? from : `${from}-${to}`}`];
}

function nameRule({ code, status, shape, says }: AnswerRule): string {
  const names = [
    ...nameRange('code', code),
    ...nameRange('status', status),
    ...(shape ? [shape] : []),
    ...(says ? ['message'] : []),
  ];
  return names.join(', ') || 'no rule';
}

function decide(status: number, errors: readonly VendorMessage[]): { reading: Reading; decidedBy: string } {
  const shape: Shape = errors.length > 0 ? 'vendor' : 'bare';
  const codes = errors.map(({ code }) => code);
  const rule = ANSWER_RULES.find(
    (candidate) =>
      (candidate.shape === undefined || candidate.shape === shape) &&
      fits(candidate.status, [status]) &&
      fits(candidate.code, codes) &&
      (candidate.says === undefined || errors.some(({ message }) => candidate.says?.test(message))),
  );
  return { reading: rule?.reading ?? unreadable, decidedBy: rule ? nameRule(rule) : 'no rule' };
}

/** The longest wait that an answer can ask for: limits are per minute, and a wrong date must not stop the service. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Reads how long the vendor asks to wait.
 *
 * @param retryAfter seconds, or an HTTP date
 * @returns milliseconds from now, at most an hour; 0 when nothing usable was named
 */
export function readRetryAfter(retryAfter: string | undefined, now: number): number {
  if (retryAfter === undefined) return 0;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - now;
  return waitMs > 0 ? Math.min(waitMs, LONGEST_RETRY_AFTER_MS) : 0; // NaN is no wait either
}

/** @returns undefined when the body is not JSON, which is one of the shapes that the rules know */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined; // the shape `bare` covers it
  }
}

/** An answer that holds nothing but a refusal is short. */
const MAX_REFUSAL_LENGTH = 4096;

/** Whether the vendor does not accept our token, which it reports with the status, or with a code in the body. */
export function isUnauthorized({ status, body }: HttpAnswer): boolean {
  if (status === 401) return true;
  if (status >= 300 && status < 400) return false; // it may have been applied, so it is not repeated at once
  if (body.length > MAX_REFUSAL_LENGTH || !body.includes('401')) return false;
  return readMessages(errorsOf(parseJson(body)), (message) => message).some(({ code }) => code === 401);
}

function isResults(json: unknown, status: number): json is unknown[] {
  if (!Array.isArray(json)) return false;
  return json.length > 0
    ? json.some((element) => typeof element === 'object' && element !== null)
    : status < 300;
}

/** Classifies the answer to a bulk call. An array of results has one verdict per item, whatever the HTTP status. */
export function classifyAnswer(answer: HttpAnswer, clean: CleanMessage, now: number): CallResult {
  const json = parseJson(answer.body);
  if (isResults(json, answer.status)) {
    const results = json.map((element) => readItemResult(element, clean));
    const isContradictory = answer.status !== 200 && results.every(({ verdict }) => verdict === 'updated');
    // The status reports a failure, and no result does: it is unknown what failed.
    if (isContradictory)
      return { kind: 'ambiguous', reason: 'answer-unreadable', decidedBy: 'contradiction' };
    return { kind: 'answered', results, decidedBy: 'results' };
  }
  return classifyFailure(answer, errorsOf(json), clean, now);
}

/** Returns the vendor's `errors` about a whole call; undefined when the answer is not the vendor's JSON. */
export function errorsOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'errors' in json ? json.errors : undefined;
}

/**
 * Classifies an answer that holds no results.
 *
 * @param rawErrors the vendor's `errors`; undefined when the answer is not the vendor's JSON
 */
export function classifyFailure(
  answer: HttpAnswer,
  rawErrors: unknown,
  clean: CleanMessage,
  now: number,
): CallFailure & { readonly decidedBy: string } {
  const errors: VendorMessage[] = readMessages(rawErrors, clean);
  const { reading, decidedBy } = decide(answer.status, errors);
  switch (reading.as) {
    case 'ambiguous':
      return { kind: 'ambiguous', reason: reading.reason, decidedBy };
    case 'not-processed':
      return {
        kind: 'not-processed',
        reason: reading.reason,
        canPass: true,
        retryAfterMs: readRetryAfter(answer.retryAfter, now),
        ...(reading.mayBeOfOne && { mayBeOfOne: true }),
        decidedBy,
      };
    case 'unauthorized':
      return {
        kind: 'not-processed',
        reason: 'credentials-refused',
        canPass: false,
        retryAfterMs: 0,
        decidedBy,
      };
    case 'refused':
      return {
        kind: 'refused',
        reason: reading.reason,
        isDivisible: reading.isDivisible,
        errors: errors.length > 0 ? errors : readMessages([{ code: answer.status }], clean),
        decidedBy,
      };
  }
}
