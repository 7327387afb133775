import type { CallResult } from '../upstream/call-result.js';
import type { TraceSpan } from '../observability/tracing/span.js';
import type { Step } from './explanation.js';

/** The most updates of one submission that get spans of their own; the others share the span of their submitter. */
const MAX_UPDATE_SPANS = 100;

/** The most spans that one call is linked to; the attribute with the number of its updates is never cut. */
const MAX_LINKS = 128;

/**
 * Traces one update from its submission to its outcome: the steps of its explanation are the events of its span, and each
 * wait for a call is a child span.
 */
export class UpdateTrace {
  /** Since when it has waited for a call; undefined while it is in one, and when it is over. */
  private waitsSince: number | undefined;

  private constructor(
    readonly span: TraceSpan,
    private readonly isShared: boolean,
    startedAt: number,
  ) {
    this.waitsSince = startedAt;
  }

  /**
   * Begins the span of an update below that of its submitter. Jobs have one for a whole chunk, so their updates share it.
   *
   * @param position among the updates that are submitted together
   */
  static begin(
    submitter: TraceSpan,
    position: number,
    { priority, startedAt, kind }: { priority: string; startedAt: number; kind: string },
  ): UpdateTrace {
    if (priority === 'background' || position >= MAX_UPDATE_SPANS)
      return new UpdateTrace(submitter, true, startedAt);
    return new UpdateTrace(submitter.startChild('update', { startedAt, facts: { kind } }), false, startedAt);
  }

  identify(updateId: string): void {
    if (!this.isShared) this.span.set({ updateId });
  }

  note(step: Omit<Step, 'afterMs'>, now: number): void {
    if (this.isShared) return;
    const { event, outcome, reason } = step;
    if (event === 'answered') this.waitsSince = now;
    if (event === 'sent' || event === 'settled') this.endWait(now);
    if (event === 'settled') {
      const isError = outcome === 'failed' || outcome === 'unknown';
      this.span.end({
        facts: { ...(outcome !== undefined && { outcome }), ...(reason !== undefined && { reason }) },
        isError,
        at: now,
      });
    } else this.span.addEvent(event, step, now);
  }

  private endWait(now: number): void {
    const startedAt = this.waitsSince;
    this.waitsSince = undefined;
    if (startedAt !== undefined && startedAt < now)
      this.span.startChild('wait', { startedAt }).end({ at: now });
  }
}

interface TracedMember {
  readonly submission: { readonly trace?: UpdateTrace | undefined };
}

/**
 * Starts the span of a bulk call, if any of its updates is traced. It is in the trace of the first of them, so that a
 * caller with one update sees it below; it is linked to the spans of all, and these to it.
 *
 * @param times when the checks before the call began and ended
 */
export function startCallSpan(
  members: readonly TracedMember[],
  callId: string,
  { preparedFrom, sentAt }: { readonly preparedFrom: number; readonly sentAt: number },
): TraceSpan | undefined {
  const spans = new Set<TraceSpan>();
  for (const { submission } of members) if (submission.trace) spans.add(submission.trace.span);
  const [first] = spans;
  if (first === undefined) return undefined;
  const links = [...spans].slice(0, MAX_LINKS);
  const call = first.startChild('bulk call', {
    startedAt: preparedFrom,
    facts: { callId, itemCount: members.length },
    links,
  });
  for (const one of links) one.linkTo(call);
  call.startChild('preflight', { startedAt: preparedFrom }).end({ at: sentAt });
  return call;
}

/** Ends the span of a bulk call with how it was answered. */
export function endCallSpan(span: TraceSpan, result: CallResult): void {
  const { upstreamRequestId, decidedBy } = result;
  const isError = result.kind !== 'answered';
  const facts = {
    answer: result.kind,
    decidedBy,
    upstreamRequestId,
    ...(isError && { because: result.reason, errorType: result.reason }),
  };
  span.end({ facts, isError });
}
