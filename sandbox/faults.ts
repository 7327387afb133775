import { validateHeaderName, validateHeaderValue } from 'node:http';
import { anything, integer, isObject, mapOf, oneOf, orNull, shape, text } from './shape.ts';
import type { Check, JsonObject } from './shape.ts';

/** The three vendor calls that the sandbox knows. */
export type CallKind = 'bulk' | 'token' | 'children';

export interface Match {
  type: string;
  value: string;
}

interface Common {
  id: string;
  on: CallKind;
  /** How many more calls it applies to; -1 until it is removed. */
  times: number;
  match: Match | null;
}

type Kind<K extends string, Details = unknown> = Common & { kind: K } & Details;

/** Replaces the vendor's response: nothing is applied. */
export type InsteadFault =
  | Kind<
      'status',
      { status: number; body: unknown; contentType: string | null; headers: Record<string, string> }
    >
  | Kind<'vendor-error', { status: number; code: number; message: string }>
  | Kind<'html', { status: number }>
  | Kind<'edge-521'>
  | Kind<'reset-before'>
  | Kind<'hang'>;

/** Applied after the vendor did its work: only the response is affected. */
export type DeliveryFault =
  | Kind<'reset-after'>
  | Kind<'hang-after'>
  | Kind<'drip', { bytesPerSecond: number }>
  | Kind<'garbage'>
  | Kind<'truncated'>
  | Kind<'oversize', { bytes: number }>
  | Kind<'empty'>;

/** Applied after the vendor did its work: the array of results is distorted. */
export type ResultsFault =
  | Kind<'drop-results', { count: number }>
  | Kind<'shuffle-results'>
  | Kind<'strangers'>
  | Kind<'duplicate-results'>
  | Kind<'extra-results', { count: number }>
  | Kind<'unidentified-results'>;

export type ItemFault = Kind<'item-error' | 'item-warning', { code: number; message: string }>;
export type PoisonFault = Kind<'poison', { status: number; code: number }>;
export type LatencyFault = Kind<'latency', { ms: number }>;

interface FaultByStage {
  tokens: Kind<'expire-token'>;
  header: Kind<'no-request-id'>;
  latency: LatencyFault;
  instead: InsteadFault;
  poison: PoisonFault;
  item: ItemFault;
  results: ResultsFault;
  delivery: DeliveryFault;
}

/** When a fault applies to a call. A call gets at most one fault of each stage, the oldest, but all faults of `item`. */
export type Stage = keyof FaultByStage;
export type Fault = FaultByStage[Stage];
export type FaultKind = Fault['kind'];

interface KindRule {
  stage: Stage;
  details?: Record<string, Check>;
  required?: string[];
  defaults?: JsonObject;
}

const httpStatus = integer(200, 599);
const count = { details: { count: integer(1) }, defaults: { count: 1 } };
const itemDetails = { details: { code: integer(0), message: text }, required: ['code', 'message'] };

const rules: Record<FaultKind, KindRule> = {
  'expire-token': { stage: 'tokens' },
  'no-request-id': { stage: 'header' },
  latency: { stage: 'latency', details: { ms: integer(0, 600_000) }, required: ['ms'] },
  status: {
    stage: 'instead',
    details: { status: httpStatus, body: anything, contentType: orNull(text), headers: mapOf(text) },
    required: ['status'],
    defaults: { body: '', contentType: null, headers: {} },
  },
  'vendor-error': {
    stage: 'instead',
    details: { status: httpStatus, code: integer(0), message: text },
    required: ['status', 'code', 'message'],
  },
  html: { stage: 'instead', details: { status: httpStatus }, defaults: { status: 502 } },
  'edge-521': { stage: 'instead' },
  'reset-before': { stage: 'instead' },
  hang: { stage: 'instead' },
  poison: {
    stage: 'poison',
    details: { status: httpStatus, code: integer(0) },
    required: ['match'],
    defaults: { status: 400, code: 400, times: -1 },
  },
  'item-error': { stage: 'item', ...itemDetails, required: [...itemDetails.required, 'match'] },
  'item-warning': { stage: 'item', ...itemDetails },
  'drop-results': { stage: 'results', ...count },
  'shuffle-results': { stage: 'results' },
  strangers: { stage: 'results' },
  'duplicate-results': { stage: 'results' },
  'extra-results': { stage: 'results', ...count },
  'unidentified-results': { stage: 'results' },
  'reset-after': { stage: 'delivery' },
  'hang-after': { stage: 'delivery' },
  drip: { stage: 'delivery', details: { bytesPerSecond: integer(1) }, required: ['bytesPerSecond'] },
  garbage: { stage: 'delivery' },
  truncated: { stage: 'delivery' },
  oversize: { stage: 'delivery', details: { bytes: integer(1) }, required: ['bytes'] },
  empty: { stage: 'delivery' },
};

const bulkOnly: readonly Stage[] = ['poison', 'item', 'results'];

/** Reads a fault from an admin request and fills in the defaults. @returns a string that names the mistake, or the fault */
export function readFault(written: unknown, id: string): Fault | string {
  const rule = isObject(written) ? ruleOf(written['kind']) : undefined;
  if (!isObject(written) || !rule) return `kind must be one of ${Object.keys(rules).join(', ')}`;

  const problem = shape(
    {
      kind: text,
      on: oneOf('bulk', 'token', 'children'),
      times: integer(-1),
      match: shape({ type: text, value: text }, ['type', 'value']),
      ...rule.details,
    },
    rule.required,
  )(written, '');
  if (problem !== null) return problem;
  if (written['times'] === 0) return 'times must be a positive integer, or -1 for until removed';
  if (written['on'] === 'token' && written['match']) return 'match cannot be used with on: token';
  if (bulkOnly.includes(rule.stage) && (written['on'] ?? 'bulk') !== 'bulk')
    return `on must be bulk for the kind ${String(written['kind'])}`;
  const badHeader = isObject(written['headers']) ? headerProblem(written['headers']) : null;
  if (badHeader !== null) return badHeader;

  return { on: 'bulk', times: 1, match: null, ...rule.defaults, ...written, id } as Fault;
}

export function stageOf(fault: Fault): Stage {
  return rules[fault.kind].stage;
}

function ruleOf(kind: unknown): KindRule | undefined {
  return new Map<unknown, KindRule>(Object.entries(rules)).get(kind);
}

function headerProblem(headers: JsonObject): string | null {
  try {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, String(value));
    }
    return null;
  } catch {
    return 'headers must be a map of valid HTTP header names and values';
  }
}

export type FaultOf<S extends Stage> = FaultByStage[S];
