import type { DeliveryService } from '../../delivery/delivery.service.js';
import type { OutcomeReason } from '../../delivery/outcome.js';
import type { AnswerCounts, Progress } from '../../records/import-chunks.repository.js';
import type { WaitingFor } from '../../records/imports.repository.js';

/**
 * What a line waits for that failed for a reason of no line: these never count as an answer about it by themselves. A
 * reason that is absent here is about the line.
 */
const WAITS_FOR: Readonly<Partial<Record<OutcomeReason, WaitingFor>>> = {
  'token-unavailable': 'credentials',
  'credentials-refused': 'credentials',
  'not-a-token-endpoint': 'configuration',
  'upstream-misconfigured': 'configuration',
  'not-tls': 'configuration',
  'wrong-host-name': 'configuration',
  'unknown-authority': 'configuration',
  'name-not-found': 'configuration',
  redirected: 'configuration',
  'certificate-expired': 'vendor',
  'certificate-not-valid-yet': 'vendor',
  'connection-refused': 'vendor',
  'connection-failed': 'vendor',
  'connection-lost': 'vendor',
  'connect-timeout': 'vendor',
  'host-unreachable': 'vendor',
  'web-server-down': 'vendor',
  'upstream-busy': 'vendor',
  'upstream-error': 'vendor',
  'answer-timeout': 'vendor',
  'answer-too-large': 'vendor',
  'answer-unreadable': 'vendor',
  'gateway-refused': 'vendor',
  'no-verdict': 'vendor',
  'unexpected-fault': 'vendor',
  'rate-limited': 'budget',
  'breaker-open': 'breaker',
  'storage-unavailable': 'database',
  'too-many-pending': 'queue',
  'deadline-unreachable': 'queue',
};

/** Whether the reason says that the line failed, and not everything around it. */
export function isAboutLine(reason: OutcomeReason): boolean {
  return WAITS_FOR[reason] === undefined;
}

/** These are the cause of everything else that fails. */
const FIRST_CAUSES: ReadonlySet<WaitingFor | undefined> = new Set([
  'credentials',
  'configuration',
  'database',
]);

/** Shorter waits for the next call are the usual pace. */
const BUDGET_WAIT_MS = 1000;

/** What one process knows about its work on an import: why lines wait, and how many answers about them failed. */
export class ImportProgress {
  private cause: WaitingFor | undefined;
  /** By the numbers of chunks, and then of lines. */
  private readonly counts = new Map<number, Record<string, number>>();
  private readonly unsaved = new Set<number>();

  /** Continues the counts of an earlier process. */
  begin(chunk: number, answerCounts: AnswerCounts = {}): void {
    this.counts.set(chunk, { ...answerCounts });
  }

  answerCount(chunk: number, line: number): number {
    return this.counts.get(chunk)?.[line] ?? 0;
  }

  answerCounts(chunk: number): AnswerCounts {
    return this.counts.get(chunk) ?? {};
  }

  /** Records a failed attempt of a line, and how many failed answers about it count now. */
  failed(chunk: number, line: number, reason: OutcomeReason, answerCount: number): void {
    const isCounted = answerCount > this.answerCount(chunk, line);
    this.cause = isCounted ? 'retries' : (WAITS_FOR[reason] ?? 'retries');
    if (!isCounted) return;
    const counts = this.counts.get(chunk) ?? {};
    counts[line] = answerCount;
    this.counts.set(chunk, counts);
    this.unsaved.add(chunk);
  }

  /** Lines got their results: whatever the import waited for is over. */
  progressed(): void {
    this.cause = undefined;
  }

  end(chunk: number): void {
    this.counts.delete(chunk);
    this.unsaved.delete(chunk);
  }

  /** Returns what the import waits for, as far as this process knows. */
  waitingFor({
    breakerState,
    budgetWaitMs,
  }: Pick<DeliveryService, 'breakerState' | 'budgetWaitMs'>): WaitingFor | undefined {
    if (FIRST_CAUSES.has(this.cause)) return this.cause;
    if (breakerState !== 'closed') return 'breaker';
    return budgetWaitMs > BUDGET_WAIT_MS ? 'budget' : this.cause;
  }

  /** Returns the counts that changed since they were last taken. */
  takeUnsaved(): Progress['answerCounts'] {
    const taken = new Map([...this.unsaved].map((chunk) => [chunk, this.answerCounts(chunk)]));
    this.unsaved.clear();
    return taken;
  }
}
