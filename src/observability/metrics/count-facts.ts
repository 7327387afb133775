import { Injectable } from '@nestjs/common';
import type { Facts } from '../facts.js';
import { RecentCallers } from '../recent-callers.js';
import type { RequestContext } from '../request-context.js';
import type { LabelsOf } from './metric-catalog.js';
import { Metrics } from './metrics.js';
import type { LossReason } from '../tracing/span-losses.js';
import { PrincipalLabels } from './principal-labels.js';

type Answer = LabelsOf<'meniscus_bulk_calls_total'>['answer'];

/** A request that is over. */
export interface RequestFacts {
  readonly method: string;
  readonly endpoint: string;
  readonly status: number;
  readonly durationMs: number;
}

function countBulkCall(metrics: Metrics, facts: Facts, answer: Answer): void {
  metrics.count('meniscus_bulk_calls_total', { answer });
  metrics.observe('meniscus_bulk_call_updates', {}, facts.itemCount ?? 0);
  metrics.observe('meniscus_bulk_call_duration_seconds', {}, (facts.durationMs ?? 0) / 1000);
  if ((facts.attempt ?? 1) > 1) metrics.count('meniscus_repeated_bulk_calls_total', {});
  if (facts.isIsolation) metrics.count('meniscus_isolation_calls_total', {});
}

/** Reads `because` of a call without results, such as `ambiguous: connection-lost`. */
function readFailure({ because = '' }: Facts): { answer: Answer; reason: string } {
  const [answer = '', reason = ''] = because.split(': ');
  return { answer: answer as Answer, reason };
}

/** What each event counts. The events are those of the log, whatever its level: one place knows a fact, and reports it once. */
const COUNTS: Readonly<Record<string, (metrics: Metrics, facts: Facts) => void>> = {
  'updates.settled': (metrics, { updated = 0, rejected = 0, failed = 0, unknown = 0 }) => {
    const counts = { updated, rejected, failed, unknown };
    for (const outcome of ['updated', 'rejected', 'failed', 'unknown'] as const) {
      if (counts[outcome] > 0) metrics.count('meniscus_settled_updates_total', { outcome }, counts[outcome]);
    }
  },
  'bulk-call.answered': (metrics, facts) => countBulkCall(metrics, facts, 'answered'),
  'bulk-call.failed': (metrics, facts) => {
    const { answer, reason } = readFailure(facts);
    countBulkCall(metrics, facts, answer);
    metrics.count('meniscus_bulk_call_failures_total', { reason });
  },
  'children-call.answered': (metrics, facts) => {
    const answer = facts.because === undefined ? 'answered' : readFailure(facts).answer;
    metrics.count('meniscus_children_calls_total', { answer });
  },
  'token.fetched': (metrics) => metrics.count('meniscus_token_fetches_total', { result: 'fetched' }),
  'token.failed': (metrics, { because }) => {
    const result = because === 'credentials-refused' ? because : 'failed';
    metrics.count('meniscus_token_fetches_total', { result });
  },
  'isolation.begun': (metrics) => metrics.count('meniscus_isolations_total', { step: 'begun' }),
  'isolation.found': (metrics) => metrics.count('meniscus_isolations_total', { step: 'found' }),
  'isolation.abandoned': (metrics) => metrics.count('meniscus_isolations_total', { step: 'abandoned' }),
  'idempotency.replayed': (metrics) => metrics.count('meniscus_idempotency_replays_total', { of: 'request' }),
  'idempotency.items-replayed': (metrics, { itemCount }) =>
    metrics.count('meniscus_idempotency_replays_total', { of: 'item' }, itemCount),
  'idempotency.items-in-use': (metrics, { itemCount }) =>
    metrics.count('meniscus_idempotency_conflicts_total', { of: 'item', conflict: 'in-use' }, itemCount),
  'idempotency.items-reused': (metrics, { itemCount }) =>
    metrics.count('meniscus_idempotency_conflicts_total', { of: 'item', conflict: 'reused' }, itemCount),
  'import.accepted': (metrics, { itemCount }) =>
    metrics.count('meniscus_import_lines_accepted_total', {}, itemCount),
  'traces.lost': (metrics, { because, lostCount }) =>
    metrics.count('meniscus_trace_spans_lost_total', { reason: because as LossReason }, lostCount),
  'database.lost': (metrics) => metrics.count('meniscus_database_losses_total', {}),
};

const CONFLICTS: Readonly<Record<string, 'in-use' | 'reused'>> = {
  'idempotency-key-in-use': 'in-use',
  'idempotency-key-reused': 'reused',
};

/** Counts the facts that the log reports. */
@Injectable()
export class FactCounts {
  private readonly principals = new PrincipalLabels();

  constructor(
    private readonly metrics: Metrics,
    private readonly callers: RecentCallers,
  ) {}

  count(event: string, facts: Facts): void {
    COUNTS[event]?.(this.metrics, facts);
  }

  countFault(event: string): void {
    this.metrics.count('meniscus_faults_total', { event });
  }

  countRequest(context: RequestContext, request: RequestFacts): void {
    const { principal, facts } = context;
    const { method, endpoint, status, durationMs } = request;
    const caller = this.principals.labelOf(principal);
    this.callers.note(caller, status);
    this.metrics.count('meniscus_requests_total', {
      method,
      endpoint,
      status: String(status),
      principal: caller,
    });
    this.metrics.observe(
      'meniscus_request_duration_seconds',
      { method, endpoint },
      durationMs / 1000,
      context,
    );
    const problem = facts?.problem;
    if (problem === undefined) return;
    this.metrics.count('meniscus_refused_requests_total', { problem });
    const conflict = CONFLICTS[problem];
    if (conflict) this.metrics.count('meniscus_idempotency_conflicts_total', { of: 'request', conflict });
  }
}
