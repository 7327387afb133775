import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import pLimit, { type LimitFunction } from 'p-limit';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { BulkClient } from '../upstream/bulk.client.js';
import type { CallResult } from '../upstream/call-result.js';
import type { Outcome, OutcomeReason } from './outcome.js';
import { type CallBounds, packBulkCalls } from './pack-bulk-calls.js';
import { PendingUpdate } from './pending-update.js';
import { readVerdicts } from './read-verdicts.js';
import { BACKOFF, decideRetry } from './retry-decision.js';
import type { Update } from './update.js';

/** Under which conditions a caller waits. */
export interface Terms {
  /** When updates that still wait are no longer sent; milliseconds since the epoch. */
  readonly deadlineAt: number;
  /** Aborted when the caller has gone away. */
  readonly signal: AbortSignal;
}

/** A bulk call that would be sent, without credentials. */
export interface PlannedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The positions of its updates, as they were submitted. */
  readonly updates: readonly number[];
  /** Calls of one wave fly side by side; a later wave waits for the earlier ones. */
  readonly wave: number;
}

/** Why a caller no longer waits, and the signal that ends every pause. */
interface Patience {
  readonly deadlineAt: number;
  readonly signal: AbortSignal;
}

/** Takes updates, answers one outcome each: packs them into bulk calls, sends, decides, sends again, settles. */
@Injectable()
export class DeliveryService implements BeforeApplicationShutdown {
  private readonly limit: LimitFunction;
  private readonly bounds: CallBounds;
  private readonly stop = new AbortController();
  private pendingCount = 0;

  constructor(
    private readonly client: BulkClient,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    const { UPSTREAM_MAX_CONCURRENCY, UPSTREAM_MAX_BATCH, UPSTREAM_MAX_BATCH_ASSOCIATIONS } = settings;
    this.limit = pLimit(UPSTREAM_MAX_CONCURRENCY);
    this.bounds = {
      customer: UPSTREAM_MAX_BATCH,
      association: UPSTREAM_MAX_BATCH_ASSOCIATIONS ?? UPSTREAM_MAX_BATCH,
    };
  }

  /**
   * Delivers updates.
   *
   * @returns one outcome for each update, in the order submitted; it never throws
   */
  async submit(updates: readonly Update[], terms: Terms): Promise<Outcome[]> {
    const startedAt = Date.now();
    const pending = updates.map((update) => new PendingUpdate(update));
    if (this.pendingCount + pending.length > this.settings.MAX_PENDING_UPDATES) {
      pending.forEach((one) => one.giveUp('too-many-pending'));
    } else {
      this.run(pending, terms);
    }
    const outcomes = await Promise.all(pending.map(({ settled }) => settled));
    this.tell(outcomes, startedAt);
    return outcomes;
  }

  /** The bulk calls that these updates would be sent in, in their order; sends nothing. */
  plan(updates: readonly Update[]): PlannedCall[] {
    return packBulkCalls(updates, this.bounds).flatMap((calls, wave) =>
      calls.flatMap((positions) => {
        const members = positions.flatMap((position) => updates[position] ?? []);
        const [first] = members;
        if (!first) return [];
        const { method, url, headers, body } = this.client.describe(
          first.route,
          members.map(({ item }) => item),
        );
        const parsed = JSON.parse(body ?? 'null') as unknown;
        return [{ method, url, headers, body: parsed, updates: positions, wave }];
      }),
    );
  }

  /** Running requests go on; when `DRAIN_TIMEOUT_MS` is over, what still waits is given up and callers are told. */
  beforeApplicationShutdown(): void {
    this.log.write('info', 'drain.begun', { itemCount: this.pendingCount });
    setTimeout(() => this.stop.abort(), this.settings.DRAIN_TIMEOUT_MS).unref();
  }

  private run(pending: readonly PendingUpdate[], terms: Terms): void {
    this.pendingCount += pending.length;
    const { patience, forget } = this.watch(pending, terms);
    void this.deliver(pending, patience)
      .catch((error: unknown) => {
        this.log.fault('delivery.fault', error);
        pending.forEach((one) => one.giveUp('unexpected-fault'));
      })
      .finally(() => {
        forget();
        this.pendingCount -= pending.length;
      });
  }

  /** Ends the caller's wait at the deadline, when the caller goes away, and when the drain is over. */
  private watch(
    pending: readonly PendingUpdate[],
    { deadlineAt, signal }: Terms,
  ): { patience: Patience; forget: () => void } {
    const over = new AbortController();
    const end = (reason: OutcomeReason): void => {
      over.abort();
      for (const one of pending) {
        if (reason === 'caller-gone') one.giveUpWaiting(reason);
        else one.giveUp(reason);
      }
    };
    const onStop = (): void => end('shutting-down');
    const onGone = (): void => end('caller-gone');
    const timer = setTimeout(() => end('deadline-passed'), deadlineAt - Date.now());
    this.stop.signal.addEventListener('abort', onStop);
    signal.addEventListener('abort', onGone);
    if (this.stop.signal.aborted) onStop();
    if (signal.aborted) onGone();
    return {
      patience: { deadlineAt, signal: over.signal },
      forget: () => {
        clearTimeout(timer);
        this.stop.signal.removeEventListener('abort', onStop);
        signal.removeEventListener('abort', onGone);
      },
    };
  }

  private async deliver(pending: readonly PendingUpdate[], patience: Patience): Promise<void> {
    const waves = packBulkCalls(
      pending.map(({ update }) => update),
      this.bounds,
    );
    for (const calls of waves) {
      await Promise.all(
        calls.map((positions) =>
          this.deliverCall(
            positions.flatMap((position) => pending[position] ?? []),
            patience,
          ),
        ),
      );
    }
  }

  /** Sends a call until each of its updates is settled; those that must be sent again go together. */
  private async deliverCall(call: readonly PendingUpdate[], patience: Patience): Promise<void> {
    const { sent, result } = await this.limit(() => this.send(call));
    if (!result) return;
    if (result.kind === 'refused' && result.isDivisible && sent.length > 1) {
      const middle = Math.ceil(sent.length / 2);
      await Promise.all([
        this.deliverCall(sent.slice(0, middle), patience),
        this.deliverCall(sent.slice(middle), patience),
      ]);
      return;
    }
    const { again, waitMs } = this.settle(sent, result, patience);
    if (again.length === 0) return;
    await sleep(waitMs, undefined, { signal: patience.signal }).catch(() => undefined); // given up: nothing is left to send
    await this.deliverCall(again, patience);
  }

  /** One attempt for those that are still wanted; without a result when nobody is. */
  private async send(
    call: readonly PendingUpdate[],
  ): Promise<{ sent: PendingUpdate[]; result?: CallResult }> {
    const sent = call.filter(({ isSettled }) => !isSettled);
    const [first] = sent;
    if (!first) return { sent };
    sent.forEach((one) => one.begin());
    const result = await this.client.send(
      first.update.route,
      sent.map(({ update }) => update.item),
      { attempt: first.attempt },
    );
    sent.forEach((one) => one.end(result));
    return { sent, result };
  }

  private settle(
    call: readonly PendingUpdate[],
    result: CallResult,
    patience: Patience,
  ): { again: PendingUpdate[]; waitMs: number } {
    const verdicts = readVerdicts(
      result,
      call.map(({ update }) => update),
    );
    const again: PendingUpdate[] = [];
    let longestMs = 0;
    call.forEach((one, position) => {
      const verdict = verdicts[position];
      if (!verdict) return;
      if (verdict.kind === 'updated') return one.settleUpdated(verdict);
      if (verdict.kind === 'rejected') return one.settleRejected(verdict.errors);
      one.fail(verdict);
      const decision = decideRetry(
        {
          failure: verdict.failure,
          attempt: one.attempt,
          remainingMs: patience.signal.aborted ? 0 : patience.deadlineAt - Date.now(),
          isSafeToRepeat: one.update.isSafeToRepeat,
        },
        BACKOFF,
        Math.random(),
      );
      if (!verdict.canPass || !decision.retry) return one.giveUp(verdict.reason);
      longestMs = Math.max(longestMs, decision.waitMs);
      again.push(one);
    });
    return { again, waitMs: longestMs };
  }

  private tell(outcomes: readonly Outcome[], startedAt: number): void {
    const count = (kind: Outcome['outcome']): number =>
      outcomes.filter(({ outcome }) => outcome === kind).length;
    this.log.write('info', 'updates.settled', {
      itemCount: outcomes.length,
      updated: count('updated'),
      rejected: count('rejected'),
      failed: count('failed'),
      unknown: count('unknown'),
      durationMs: Date.now() - startedAt,
    });
  }
}
