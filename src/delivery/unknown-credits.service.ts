import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import {
  CreditsRepository,
  type Resolution,
  type UnknownCredit as StoredCredit,
  type UnknownCreditQuery,
} from '../records/credits.repository.js';
import { Sweeper } from '../database/sweeper.js';
import type { Identifier } from '../upstream/call-result.js';
import { UnwrittenRecords } from '../records/unwritten-records.js';
import { CreditJournal } from './call/credit-journal.service.js';
import { DeliveryService, type SubmitOptions } from './delivery.service.js';
import type { Outcome } from './outcome.js';
import { type Route, type Update, guardCredit } from './update.js';

export type { Resolution } from '../records/credits.repository.js';

/** A credit in doubt, or one that was, with its customer and the update to send again, as long as these are kept. */
export interface UnknownCredit extends Omit<StoredCredit, 'payload' | 'route'> {
  readonly route: Route;
  readonly customer?: readonly Identifier[];
  readonly update?: Update;
}

/** The result of a resolution. */
export type Resolved =
  | {
      readonly kind: 'resolved';
      readonly credit: UnknownCredit;
      /** The customer that it was for, when that was still known. */
      readonly customer: readonly Identifier[];
      readonly outcome?: Outcome;
    }
  | { readonly kind: 'not-in-doubt' }
  | { readonly kind: 'not-found' };

const SWEEP_EVERY_MS = 10_000;

/**
 * How often one attempt may wait for the vendor: for a token and its call, for the call itself, and for all that again
 * after a 401.
 */
const WAITS_PER_ATTEMPT = 6;

/** The outcome of a credit that was not applied, after its customer was erased. */
function erasedOutcome(updateId: string): Outcome {
  return { outcome: 'rejected', updateId, reason: 'customer-erased', errors: [], attempts: 0, callIds: [] };
}

/** Credits in doubt: a person or a service resolves them here; a retry never does. */
@Injectable()
export class UnknownCreditsService extends Sweeper {
  constructor(
    private readonly credits: CreditsRepository,
    private readonly delivery: DeliveryService,
    private readonly journal: CreditJournal,
    private readonly unwritten: UnwrittenRecords,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {
    super(SWEEP_EVERY_MS, (error) => log.fault('credits.not-swept', error));
  }

  /** The first sweep ends before requests are accepted. */
  // oxlint-disable-next-line typescript/no-misused-promises -- Nest awaits the hook
  override async onApplicationBootstrap(): Promise<void> {
    await this.sweepRepeatedly();
  }

  async list(query: UnknownCreditQuery): Promise<UnknownCredit[]> {
    return (await this.credits.list(query)).map(readCredit);
  }

  async find(id: string): Promise<UnknownCredit | undefined> {
    const credit = await this.credits.find(id);
    return credit && readCredit(credit);
  }

  /**
   * Resolves a credit. `applied` closes it; `not-applied` sends it once more, under a credit of its own that is guarded
   * like any other. After its customer was erased, a credit is closed without being sent.
   */
  async resolve(id: string, resolution: Resolution, note: string, options: SubmitOptions): Promise<Resolved> {
    await this.unwritten.demandWritten([id]); // it may be certain by now
    const before = await this.credits.find(id); // a resolved credit no longer has its customer
    const outcome = resolution === 'applied' ? undefined : await this.sendAgain(id, note, options);
    const isDone = resolution === 'applied' ? await this.credits.confirm(id, note) : outcome !== undefined;
    const credit = await this.credits.find(id);
    if (!isDone) return { kind: credit ? 'not-in-doubt' : 'not-found' };
    if (!credit) throw new Error('a credit that was resolved is kept');
    this.log.write('info', 'credit.resolved', { creditId: id, because: resolution });
    const { customer = [] } = before ? readCredit(before) : {};
    return { kind: 'resolved', credit: readCredit(credit), customer, ...(outcome && { outcome }) };
  }

  private async sendAgain(id: string, note: string, options: SubmitOptions): Promise<Outcome | undefined> {
    const creditId = randomUUID();
    const released = await this.credits.release(id, note, creditId);
    if (!released) return undefined;
    if (released.payload === null) return erasedOutcome(creditId);
    const update = guardCredit(JSON.parse(released.payload) as Update, { id: creditId });
    const [outcome] = await this.delivery.submit([update], options);
    if (!outcome) throw new Error('delivery answered no outcome for an update');
    if (outcome.outcome === 'failed') await this.credits.reopen(creditId, outcome.reason);
    else await this.credits.forget([creditId]); // a credit that is in doubt again stays
    return outcome;
  }

  /** Marks credits as in doubt after their process ended while they were in flight. */
  protected async sweep(): Promise<void> {
    if (!(await this.unwritten.mayTakeOver())) return;
    const { UPSTREAM_TIMEOUT_MS, REQUEST_DEADLINE_MS } = this.settings;
    const itemCount = await this.credits.takeForUnknown(
      WAITS_PER_ATTEMPT * UPSTREAM_TIMEOUT_MS + REQUEST_DEADLINE_MS,
      this.journal.sentIds,
    );
    if (itemCount > 0) this.log.write('warn', 'credits.found-in-doubt', { itemCount });
  }
}

function readCredit({ payload, route, ...credit }: StoredCredit): UnknownCredit {
  const update = payload === null ? undefined : (JSON.parse(payload) as Update);
  return {
    ...credit,
    route: route as unknown as Route,
    ...(update && { update, customer: update.customer.map(readKey) }),
  };
}

function readKey(key: string): Identifier {
  const at = key.indexOf(':');
  return { type: key.slice(0, at), value: key.slice(at + 1) };
}
