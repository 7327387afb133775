/**
 * The values of a label: a list, with each value reported from the start, or a sentence that says why there are not many.
 * No label has a value that a caller chooses freely.
 */
type LabelValues = readonly string[] | string;

interface Described {
  readonly help: string;
  readonly labels?: Readonly<Record<string, LabelValues>>;
}

interface CounterOrGauge extends Described {
  readonly type: 'counter' | 'gauge';
}

interface HistogramMetric extends Described {
  readonly type: 'histogram';
  readonly buckets: readonly number[];
}

export type MetricDefinition = CounterOrGauge | HistogramMetric;

/** Of seconds: from a response without the vendor to the longest import of a batch. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
/** Of seconds: most statements take about a millisecond. */
const STATEMENT_DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60] as const;
/** Of updates: UPSTREAM_MAX_BATCH is at most 1,000. */
const ITEM_COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

const OUTCOMES = ['updated', 'rejected', 'failed', 'unknown'] as const;
const CLASSES = ['interactive', 'background'] as const;
const ENDPOINT = 'the path of the endpoint, as `/v1/imports/:id`; `none` where there is no such endpoint';
const METHOD = 'the methods that Node reads';
const KINDS = ['customer', 'association'] as const;

/**
 * All metrics of the service. Names and units follow the conventions of Prometheus; those of the process and of Node have
 * the names that other services have too. `npm run generate` writes docs/metrics.md from this list.
 */
export const METRICS = {
  meniscus_build_info: {
    type: 'gauge',
    help: 'Always 1. The labels name the version of the service and of Node.',
    labels: { version: 'one for a process', node: 'one for a process' },
  },

  // Callers
  meniscus_requests_total: {
    type: 'counter',
    help: 'Requests that were answered, or that their callers left.',
    labels: {
      method: METHOD,
      endpoint: ENDPOINT,
      status: 'the statuses of HTTP',
      principal:
        'the first 50 names of API keys and the first 50 hashed subjects of tokens; then `other`; `none` for a caller that is not authenticated',
    },
  },
  meniscus_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the head of a request to the end of its response. Exemplars have the ids of the request and of its trace.',
    labels: { method: METHOD, endpoint: ENDPOINT },
    buckets: DURATIONS,
  },
  meniscus_refused_requests_total: {
    type: 'counter',
    help: 'Requests that were answered with a problem, by its type.',
    labels: { problem: 'the types in docs/problems.md' },
  },
  meniscus_idempotency_replays_total: {
    type: 'counter',
    help: 'Requests, and items of a batch, that got a stored answer.',
    labels: { of: ['request', 'item'] },
  },
  meniscus_idempotency_conflicts_total: {
    type: 'counter',
    help: 'Requests, and items of a batch, with a key that was in use, or had been used for another content.',
    labels: { of: ['request', 'item'], conflict: ['in-use', 'reused'] },
  },

  // Delivery
  meniscus_pending_updates: {
    type: 'gauge',
    help: 'Updates that wait or are in flight: those of callers who wait, and those of imports.',
    labels: { class: CLASSES },
  },
  meniscus_oldest_pending_update_age_seconds: {
    type: 'gauge',
    help: 'Time since the oldest pending update was submitted; 0 when there is none.',
    labels: { class: CLASSES },
  },
  meniscus_settled_updates_total: {
    type: 'counter',
    help: 'Updates that got their outcome, lines of imports included, each time that they are submitted.',
    labels: { outcome: OUTCOMES },
  },
  meniscus_isolations_total: {
    type: 'counter',
    help: 'Refused calls that were divided: begun, causes found, and abandoned because all updates are refused.',
    labels: { step: ['begun', 'found', 'abandoned'] },
  },
  meniscus_retry_budget_calls: {
    type: 'gauge',
    help: 'Calls that may be made now for retries alone.',
  },
  meniscus_breaker_state: {
    type: 'gauge',
    help: '1 for the state in which the circuit breaker is, 0 for the others.',
    labels: { state: ['closed', 'open', 'half-open'] },
  },
  meniscus_max_call_updates: {
    type: 'gauge',
    help: 'Most updates of one bulk call: as configured, or fewer as learned from the vendor.',
    labels: { kind: KINDS },
  },
  meniscus_max_call_bytes: {
    type: 'gauge',
    help: 'Most bytes of one bulk call: as configured, or fewer as learned from the vendor.',
    labels: { kind: KINDS },
  },

  // The vendor
  meniscus_bulk_calls_total: {
    type: 'counter',
    help: 'Attempts of bulk calls, by the class of the answer.',
    labels: { answer: ['answered', 'refused', 'not-processed', 'not-sent', 'ambiguous'] },
  },
  meniscus_bulk_call_failures_total: {
    type: 'counter',
    help: 'Attempts of bulk calls without results, by the reason.',
    labels: { reason: 'the fixed words after the colon in `because` of `bulk-call.failed`' },
  },
  meniscus_repeated_bulk_calls_total: {
    type: 'counter',
    help: 'Bulk calls with at least one update that an earlier call carried too.',
  },
  meniscus_isolation_calls_total: {
    type: 'counter',
    help: 'Bulk calls that were steps of an isolation.',
  },
  meniscus_bulk_call_updates: {
    type: 'histogram',
    help: 'Updates in one bulk call.',
    buckets: ITEM_COUNTS,
  },
  meniscus_bulk_call_duration_seconds: {
    type: 'histogram',
    help: 'Time of one attempt of a bulk call, with the fetch of a token where it needs one.',
    buckets: DURATIONS,
  },
  meniscus_children_calls_total: {
    type: 'counter',
    help: 'Calls that list children, by the class of the answer.',
    labels: { answer: ['answered', 'refused', 'not-processed', 'not-sent', 'ambiguous'] },
  },
  meniscus_calls_left: {
    type: 'gauge',
    help: 'Calls that this instance may still make in this minute; +Inf without a limit.',
  },
  meniscus_learned_calls_per_minute: {
    type: 'gauge',
    help: 'The pace that was learned after the vendor answered 429; +Inf while none is.',
  },
  meniscus_token_fetches_total: {
    type: 'counter',
    help: 'Tokens that were asked of the vendor.',
    labels: { result: ['fetched', 'credentials-refused', 'failed'] },
  },
  meniscus_credentials_state: {
    type: 'gauge',
    help: '1 for what the vendor made of our credentials at the last call, 0 for the others.',
    labels: { state: ['unused', 'accepted', 'refused', 'unavailable'] },
  },

  // What is stored
  meniscus_credits_in_doubt: {
    type: 'gauge',
    help: 'Credits of unknown fate that no one has resolved, of all instances. Absent before the first reading.',
  },
  meniscus_oldest_credit_in_doubt_age_seconds: {
    type: 'gauge',
    help: 'Time since the oldest credit in doubt was recorded; 0 when there is none, absent before the first reading.',
  },
  meniscus_imports: {
    type: 'gauge',
    help: 'Imports by state, of all instances.',
    labels: {
      state: ['uploading', 'queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed', 'refused'],
    },
  },
  meniscus_import_lines_accepted_total: {
    type: 'counter',
    help: 'Lines of imports that this instance accepted.',
  },
  meniscus_import_lines_total: {
    type: 'counter',
    help: 'Lines of imports to which this instance gave a result.',
    labels: { outcome: OUTCOMES },
  },
  meniscus_database_up: {
    type: 'gauge',
    help: '1 while the database answers, 0 otherwise; then the other figures of what is stored are the last ones read.',
  },
  meniscus_database_losses_total: {
    type: 'counter',
    help: 'How often the database was lost.',
  },
  meniscus_database_statement_duration_seconds: {
    type: 'histogram',
    help: 'Time of one statement; on the embedded database with the wait for its turn.',
    buckets: STATEMENT_DURATIONS,
  },
  meniscus_database_errors_total: {
    type: 'counter',
    help: 'Statements that failed: because the database was lost, or for themselves.',
    labels: { error: ['unavailable', 'failed'] },
  },

  // The process
  meniscus_faults_total: {
    type: 'counter',
    help: 'Unexpected errors, by the event that logs them.',
    labels: { event: 'the events in docs/operations.md' },
  },
  meniscus_log_lines_lost_total: {
    type: 'counter',
    help: 'Lines of the log that no reader took in time.',
  },
  meniscus_trace_spans_lost_total: {
    type: 'counter',
    help: 'Spans that were recorded and did not reach the collector.',
    labels: { reason: ['queue-full', 'not-accepted'] },
  },
  meniscus_audit_events_not_written_total: {
    type: 'counter',
    help: 'Audit events that are lost, as they could not be written for too long.',
  },
  meniscus_audit_write_failing: {
    type: 'gauge',
    help: '1 while audit events cannot be written, 0 otherwise.',
  },
  nodejs_eventloop_delay_seconds: {
    type: 'gauge',
    help: 'How late the event loop was since the previous scrape.',
    labels: { statistic: ['median', 'p99', 'max'] },
  },
  nodejs_eventloop_utilization_ratio: {
    type: 'gauge',
    help: 'Share of the time since the previous scrape that the event loop was busy.',
  },
  nodejs_gc_duration_seconds: {
    type: 'histogram',
    help: 'Time of one garbage collection.',
    labels: { kind: ['minor', 'major', 'incremental', 'weakcb'] },
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
  },
  nodejs_heap_used_bytes: { type: 'gauge', help: 'Memory of JavaScript objects.' },
  nodejs_heap_size_bytes: { type: 'gauge', help: 'Size of the heap of JavaScript.' },
  nodejs_heap_limit_bytes: { type: 'gauge', help: 'The size at which the heap is full.' },
  nodejs_external_memory_bytes: {
    type: 'gauge',
    help: 'Memory of buffers and other objects outside of the heap.',
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory of the process.' },
  process_cpu_seconds_total: { type: 'counter', help: 'Processor time of the process, all threads.' },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the process started, in seconds since 1970-01-01 UTC.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

type NamesOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

type ValueOf<Values> = Values extends readonly string[] ? Values[number] : string;

type NoLabels = Readonly<Record<string, never>>;

/** The labels of a metric, with the values that are listed. */
export type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name] extends {
  readonly labels: infer Labels;
}
  ? { readonly [Label in keyof Labels]: ValueOf<Labels[Label]> }
  : NoLabels;
