import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { type CreditFate, CreditsRepository, type NewCredit } from '../../records/credits.repository.js';
import type { OutcomeReason } from '../outcome.js';
import type { PendingUpdate } from '../queue/pending-update.js';

/** Which updates the journal permits to leave, and which it does not, and why. */
export interface JournalResult {
  readonly permitted: readonly PendingUpdate[];
  readonly refused: readonly Refused[];
}

export interface Refused {
  readonly one: PendingUpdate;
  readonly reason: OutcomeReason;
}

/**
 * Records points before they leave, and how they ended. So no credit in doubt is lost, however this process ends and
 * however early a caller stops waiting.
 */
@Injectable()
export class CreditJournal {
  constructor(
    private readonly credits: CreditsRepository,
    private readonly log: EventLog,
  ) {}

  /**
   * Records that the updates with points leave with this call. If its points cannot be recorded, an update does not
   * leave.
   */
  async permit(callId: string, members: readonly PendingUpdate[]): Promise<JournalResult> {
    const carriers = members.filter((one) => !one.isSafeToRepeat);
    if (carriers.length === 0) return { permitted: members, refused: [] };
    await Promise.all(carriers.map(({ creditNoted }) => creditNoted));
    const mayLeave = await this.noteSent(callId, carriers);
    const reason = mayLeave ? 'points-in-doubt' : 'storage-unavailable';
    const stay = new Set(carriers.filter(({ creditId }) => !mayLeave?.has(creditId)));
    // Recorded by an earlier sender, or by an instance that took over.
    if (mayLeave) for (const one of stay) one.markInDoubt(reason);
    return {
      permitted: members.filter((one) => !stay.has(one)),
      refused: [...stay].map((one) => ({ one, reason })),
    };
  }

  /** Records what the end of a call proves about the points in it. */
  noteAnswered(carriers: readonly PendingUpdate[]): void {
    this.noteFates(carriers.map((one) => ({ one, fate: one.creditFate })));
  }

  /**
   * Records which of these credits are in doubt; resolves when that is stored, so that their callers may get their
   * outcomes.
   */
  async noteDoubts(updates: readonly PendingUpdate[]): Promise<void> {
    const inFlight = updates.filter((one) => one.isSent && !one.isSafeToRepeat);
    this.noteFates(inFlight.map((one) => ({ one, fate: 'unknown' as const })));
    await Promise.all(updates.map(({ creditNoted }) => creditNoted));
  }

  private async noteSent(
    callId: string,
    carriers: readonly PendingUpdate[],
  ): Promise<Set<string> | undefined> {
    try {
      return await this.credits.noteSent(callId, carriers.map(creditOf));
    } catch (error) {
      this.log.fault('credits.not-noted', error, { callId, itemCount: carriers.length });
      return undefined;
    }
  }

  private noteFates(fates: readonly { one: PendingUpdate; fate: CreditFate['fate'] }[]): void {
    if (fates.length === 0) return;
    const before = fates.map(({ one }) => one.creditNoted);
    const noted = Promise.all(before)
      .then(() =>
        this.credits.noteFates(
          fates.map(({ one, fate }) => ({
            id: one.creditId,
            fate,
            reason: fate === 'unknown' ? (one.doubtReason ?? 'deadline-passed') : undefined,
            upstreamRequestId: one.lastUpstreamRequestId,
          })),
        ),
      )
      // The row keeps its state `sent`; the sweep turns it into `unknown` later.
      .catch((error: unknown) => this.log.fault('credits.not-noted', error, { itemCount: fates.length }));
    for (const { one } of fates) one.creditNoted = noted;
  }
}

function creditOf({ creditId, update, submission }: PendingUpdate): NewCredit {
  const { route, credit } = update;
  return {
    id: creditId,
    principal: submission.principal,
    route,
    points: credit?.points ?? 0,
    // When it is sent once more, it gets a credit of its own.
    payload: JSON.stringify({ ...update, credit: { ...credit, id: undefined, lease: undefined } }),
    isKept: credit?.id !== undefined,
    lease: credit?.lease,
  };
}
