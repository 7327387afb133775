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
import { DeliveryService, type Terms } from './delivery.service.js';
import type { Outcome } from './outcome.js';
import type { Route, Update } from './update.js';

export type { Resolution } from '../records/credits.repository.js';

/** A credit in doubt, or one that was, with its customer, and what would be sent again, as long as that is kept. */
export interface UnknownCredit extends Omit<StoredCredit, 'payload' | 'route'> {
  readonly route: Route;
  readonly customer?: readonly Identifier[];
  readonly update?: Update;
}

/** What became of a resolution. */
export type Resolved =
  | {
      readonly kind: 'resolved';
      readonly credit: UnknownCredit;
      /** Whose it was, as far as that was still known. */
      readonly customer: readonly Identifier[];
      readonly outcome?: Outcome;
    }
  | { readonly kind: 'not-in-doubt' }
  | { readonly kind: 'not-found' };

const SWEEP_EVERY_MS = 10_000;

/** The times that one attempt may wait for the vendor: a token and its call, the call itself, and all that again after a 401. */
const WAITS_PER_ATTEMPT = 6;

/** What becomes of a credit that was not applied where nobody knows any more whom it was for. */
function erasedOutcome(updateId: string): Outcome {
  return { outcome: 'rejected', updateId, reason: 'customer-erased', errors: [], attempts: 0, callIds: [] };
}

/** Credits in doubt: whoever knows what became of one says so here; no retry ever does. */
@Injectable()
export class UnknownCreditsService extends Sweeper {
  constructor(
    private readonly credits: CreditsRepository,
    private readonly delivery: DeliveryService,
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
   * `applied` closes it; `not-applied` sends it once more, under a credit of its own that is guarded like any other. One
   * whose customer was erased is closed without being sent.
   */
  async resolve(id: string, resolution: Resolution, note: string, terms: Terms): Promise<Resolved> {
    const before = await this.credits.find(id); // what is resolved has no customer any more
    const outcome = resolution === 'applied' ? undefined : await this.sendAgain(id, note, terms);
    const isDone = resolution === 'applied' ? await this.credits.confirm(id, note) : outcome !== undefined;
    const credit = await this.credits.find(id);
    if (!isDone) return { kind: credit ? 'not-in-doubt' : 'not-found' };
    if (!credit) throw new Error('a credit that was resolved is kept');
    this.log.write('info', 'credit.resolved', { creditId: id, because: resolution });
    const { customer = [] } = before ? readCredit(before) : {};
    return { kind: 'resolved', credit: readCredit(credit), customer, ...(outcome && { outcome }) };
  }

  private async sendAgain(id: string, note: string, terms: Terms): Promise<Outcome | undefined> {
    const creditId = randomUUID();
    const released = await this.credits.release(id, note, creditId);
    if (!released) return undefined;
    if (released.payload === null) return erasedOutcome(creditId);
    const update: Update = { ...(JSON.parse(released.payload) as Update), creditId };
    const [outcome] = await this.delivery.submit([update], terms);
    if (!outcome) throw new Error('delivery answered no outcome for an update');
    if (outcome.outcome === 'failed') await this.credits.reopen(creditId, outcome.reason);
    else await this.credits.forget([creditId]); // one that is in doubt again stays
    return outcome;
  }

  /** Credits whose process ended while they were under way are in doubt. */
  protected async sweep(): Promise<void> {
    const { UPSTREAM_TIMEOUT_MS, REQUEST_DEADLINE_MS } = this.settings;
    const itemCount = await this.credits.takeForUnknown(
      WAITS_PER_ATTEMPT * UPSTREAM_TIMEOUT_MS + REQUEST_DEADLINE_MS,
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
