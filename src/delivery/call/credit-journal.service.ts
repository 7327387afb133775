import { Injectable } from '@nestjs/common';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { EventLog } from '../../observability/event-log.js';
import {
  type ContradictedCredit,
  type CreditFate,
  CreditsRepository,
  type NewCredit,
} from '../../records/credits.repository.js';
import { UnwrittenRecords } from '../../records/unwritten-records.js';
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

/** About how much memory the fate of one credit takes while it waits to be recorded. */
const FATE_BYTES = 500;

/**
 * Records points before they leave, and how they ended. So no credit in doubt is lost, however this process ends and
 * however early a caller stops waiting.
 */
@Injectable()
export class CreditJournal {
  private readonly inFlight = new Set<string>();

  constructor(
    private readonly credits: CreditsRepository,
    private readonly unwritten: UnwrittenRecords,
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
    for (const id of mayLeave ?? []) this.inFlight.add(id);
    return {
      permitted: members.filter((one) => !stay.has(one)),
      refused: [...stay].map((one) => ({ one, reason })),
    };
  }

  /** The ids of credits in flight. */
  get sentIds(): readonly string[] {
    return [...this.inFlight];
  }

  /** Records what the end of a call proves about the points in it. */
  noteAnswered(callId: string, carriers: readonly PendingUpdate[]): void {
    for (const { creditId } of carriers) this.inFlight.delete(creditId);
    this.noteFates(carriers.map((one) => ({ one, fate: { ...fateOf(one, one.creditFate), callId } })));
  }

  /**
   * Records which of these credits are in doubt; resolves when that is stored, so that their callers may get their
   * outcomes.
   */
  async noteDoubts(updates: readonly PendingUpdate[]): Promise<void> {
    const inFlight = updates.filter((one) => one.isSent && !one.isSafeToRepeat);
    this.noteFates(
      inFlight.map((one) => ({ one, fate: { ...fateOf(one, 'unknown'), callId: one.lastCallId } })),
    );
    await Promise.all(updates.map(({ creditNoted }) => creditNoted));
  }

  private async noteSent(
    callId: string,
    carriers: readonly PendingUpdate[],
  ): Promise<Set<string> | undefined> {
    let mayBeExecuted = false;
    try {
      await this.unwritten.demandWritten(carriers.map(({ creditId }) => creditId));
      mayBeExecuted = this.unwritten.isDatabaseAvailable;
      return await this.credits.noteSent(callId, carriers.map(creditOf));
    } catch (error) {
      this.log.fault('credits.not-noted', error, { callId, itemCount: carriers.length });
      // The connection may have been lost after the statement was executed, and these credits do not leave.
      if (mayBeExecuted && error instanceof DatabaseUnavailable) {
        this.noteFates(carriers.map((one) => ({ one, fate: { ...fateOf(one, 'not-credited'), callId } })));
      }
      return undefined;
    }
  }

  /** A fate that cannot be recorded now is kept, and recorded when the database is back. */
  private noteFates(noted: readonly { readonly one: PendingUpdate; readonly fate: CreditFate }[]): void {
    if (noted.length === 0) return;
    const fates = noted.map(({ fate }) => fate);
    const written = Promise.all(noted.map(({ one }) => one.creditNoted)).then(() =>
      this.unwritten.write({
        subjects: fates.map(({ id }) => id),
        bytes: fates.length * FATE_BYTES,
        facts: fates.map(({ id, fate, callId, upstreamRequestId }) => ({
          creditId: id,
          because: fate,
          ...(callId !== undefined && { callId }),
          upstreamRequestId,
        })),
        write: async () => this.reportContradicted(await this.credits.noteFates(fates)),
        onRefused: (error) => this.log.fault('credits.not-noted', error, { itemCount: fates.length }),
      }),
    );
    for (const { one } of noted) one.creditNoted = written;
  }

  private reportContradicted(credits: readonly ContradictedCredit[]): void {
    for (const { id, fate, upstreamRequestId } of credits) {
      this.log.write('warn', 'credit.contradicted', {
        creditId: id,
        because: fate,
        upstreamRequestId: upstreamRequestId ?? undefined,
      });
    }
  }
}

function fateOf(one: PendingUpdate, fate: CreditFate['fate']): Omit<CreditFate, 'callId'> {
  return {
    id: one.creditId,
    fate,
    reason: fate === 'unknown' ? (one.doubtReason ?? 'deadline-passed') : undefined,
    upstreamRequestId: one.lastUpstreamRequestId,
  };
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
