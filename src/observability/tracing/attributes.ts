import type { Facts } from '../facts.js';

type LoggedFacts = Pick<
  Facts,
  | 'updateId'
  | 'callId'
  | 'importId'
  | 'upstreamRequestId'
  | 'source'
  | 'attempt'
  | 'status'
  | 'itemCount'
  | 'because'
  | 'waitMs'
  | 'durationMs'
  | 'updated'
  | 'rejected'
  | 'failed'
  | 'unknown'
  | 'problem'
>;

/**
 * What a span or one of its events may say. Nothing else can be in a trace, which keeps names, numbers, addresses and
 * tokens out of it: there is no field for them.
 */
export interface SpanFacts extends LoggedFacts {
  /** The id and the principal of a request, as its lines in the log name them. */
  readonly requestId?: string;
  readonly principal?: string | undefined;
  readonly method?: string;
  /** The template of the path of an endpoint of ours. */
  readonly route?: string | undefined;
  /** The URL of a call to the vendor, without its query, which names customers. */
  readonly urlWithoutQuery?: string;
  readonly host?: string;
  readonly port?: number;
  /** A fixed word of ours, or a status. */
  readonly errorType?: string | undefined;
  /** `customer` or `association`. */
  readonly kind?: string;
  readonly chunk?: number;
  /** The facts of a step of an explanation, which are fixed words and numbers. */
  readonly purpose?: string;
  readonly answer?: string;
  readonly decidedBy?: string | undefined;
  readonly outcome?: string;
  readonly reason?: string;
}

/** The standard has names for what all HTTP servers and clients have. Source: OpenTelemetry semantic conventions 1.37, HTTP. */
const NAMES = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  urlWithoutQuery: 'url.full',
  host: 'server.address',
  port: 'server.port',
  errorType: 'error.type',
  requestId: 'meniscus.request.id',
  principal: 'meniscus.principal',
  problem: 'meniscus.problem',
  updateId: 'meniscus.update.id',
  kind: 'meniscus.update.kind',
  outcome: 'meniscus.update.outcome',
  reason: 'meniscus.update.reason',
  callId: 'meniscus.call.id',
  upstreamRequestId: 'meniscus.call.upstream_request_id',
  source: 'meniscus.call.source',
  itemCount: 'meniscus.call.updates',
  attempt: 'meniscus.call.attempt',
  purpose: 'meniscus.call.purpose',
  answer: 'meniscus.call.answer',
  decidedBy: 'meniscus.call.decided_by',
  because: 'meniscus.because',
  waitMs: 'meniscus.wait_ms',
  durationMs: 'meniscus.duration_ms',
  updated: 'meniscus.outcomes.updated',
  rejected: 'meniscus.outcomes.rejected',
  failed: 'meniscus.outcomes.failed',
  unknown: 'meniscus.outcomes.unknown',
  importId: 'meniscus.import.id',
  chunk: 'meniscus.import.chunk',
} as const satisfies Record<keyof SpanFacts, string>;

/** The only names that attributes of spans and of their events have. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(Object.values(NAMES));

/** Makes attributes of facts. What is not on the list is left out, whatever an object holds besides. */
export function attributesOf(facts: SpanFacts): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(facts) as [keyof SpanFacts, unknown][]) {
    const name = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
    if (name !== undefined && (typeof value === 'string' || typeof value === 'number'))
      attributes[name] = value;
  }
  return attributes;
}
