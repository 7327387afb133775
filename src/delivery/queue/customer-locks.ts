import type { CustomerKey } from '../customer-key.js';

/** Owned: nobody else may touch that customer meanwhile. Named: others who only name it may share the call. */
type Claim = 'owned' | 'named';

/** All who claim one customer, in the order in which they came; those in flight are always the first. */
interface Line<T> {
  readonly key: CustomerKey;
  first: Place<T> | undefined;
  last: Place<T> | undefined;
  /** The call in which those at the front are, and the last of them. */
  call: object | undefined;
  lastInCall: Place<T> | undefined;
  /** The one whose turn it is, or who may join the call. */
  next: Place<T> | undefined;
  ownerCount: number;
}

interface Place<T> {
  readonly ticket: Ticket<T>;
  readonly line: Line<T>;
  readonly claim: Claim;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

/** What somebody holds who stands in the lines of all the customers that he claims. */
export interface Ticket<T> {
  readonly holder: T;
  readonly places: Place<T>[];
  /** In how many lines it is not its turn yet. */
  behind: number;
}

/**
 * Who may fly when: two who own a customer in common never fly together, and go in the order in which they came. Those
 * who only name the same customer may share one call, in order, but never fly in two, nor beside somebody who owns it.
 *
 * Everything costs as much as the ticket has keys, however many are waiting: each line knows whose turn it is, and each
 * ticket in how many lines it is not. So those who are free never stand in each other's way.
 */
export class Order<T> {
  private readonly lines = new Map<CustomerKey, Line<T>>();

  /** How many customers somebody claims. */
  get size(): number {
    return this.lines.size;
  }

  /** Goes to the end of every line. To own is more than to name. */
  enter(holder: T, owned: readonly CustomerKey[], named: readonly CustomerKey[]): Ticket<T> {
    const claims = new Map<CustomerKey, Claim>();
    for (const key of named) claims.set(key, 'named');
    for (const key of owned) claims.set(key, 'owned');
    const ticket: Ticket<T> = { holder, places: [], behind: 0 };
    for (const [key, claim] of claims) {
      const line = this.lineOf(key);
      const place: Place<T> = { ticket, line, claim, before: line.last, after: undefined };
      if (line.last) line.last.after = place;
      else line.first = place;
      line.last = place;
      if (claim === 'owned') line.ownerCount += 1;
      ticket.places.push(place);
      ticket.behind += 1;
      this.callNext(line);
    }
    return ticket;
  }

  /** How many calls must go at least before one that owns these customers can. */
  depth(owned: readonly CustomerKey[]): number {
    return Math.max(0, ...owned.map((key) => this.lines.get(key)?.ownerCount ?? 0));
  }

  /** Whether it may fly in a call of its own, or in this one. */
  mayFly({ behind, places }: Ticket<T>, call?: object): boolean {
    return behind === 0 && places.every(({ line }) => line.call === undefined || line.call === call);
  }

  /**
   * Takes it into a call.
   *
   * @returns whose turn it now is in that same call, if they may fly otherwise
   */
  board(ticket: Ticket<T>, call: object): T[] {
    for (const place of ticket.places) {
      place.line.call = call;
      place.line.lastInCall = place;
      this.callNext(place.line);
    }
    return ticket.places.flatMap(({ line: { next } }) =>
      next && this.mayFly(next.ticket, call) ? [next.ticket.holder] : [],
    );
  }

  /**
   * The call is over: those who stay keep their places, the others leave.
   *
   * @returns who may fly now
   */
  land(tickets: readonly Ticket<T>[], stays: (holder: T) => boolean): T[] {
    const lines = new Set(tickets.flatMap(({ places }) => places.map(({ line }) => line)));
    for (const line of lines) {
      line.call = undefined;
      line.lastInCall = undefined;
    }
    for (const ticket of tickets) {
      if (!stays(ticket.holder)) ticket.places.forEach((place) => this.unlink(place));
    }
    return this.settleLines(lines);
  }

  /**
   * Leaves without having flown.
   *
   * @returns who may fly now
   */
  leave(ticket: Ticket<T>): T[] {
    ticket.places.forEach((place) => this.unlink(place));
    return this.settleLines(new Set(ticket.places.map(({ line }) => line)));
  }

  private lineOf(key: CustomerKey): Line<T> {
    const known = this.lines.get(key);
    if (known) return known;
    const line: Line<T> = {
      key,
      first: undefined,
      last: undefined,
      call: undefined,
      lastInCall: undefined,
      next: undefined,
      ownerCount: 0,
    };
    this.lines.set(key, line);
    return line;
  }

  private unlink({ line, claim, before, after }: Place<T>): void {
    if (before) before.after = after;
    else line.first = after;
    if (after) after.before = before;
    else line.last = before;
    if (claim === 'owned') line.ownerCount -= 1;
  }

  private settleLines(lines: ReadonlySet<Line<T>>): T[] {
    for (const line of lines) this.callNext(line);
    const free = new Set<T>();
    for (const { key, first, next } of lines) {
      if (!first) this.lines.delete(key);
      if (next && this.mayFly(next.ticket)) free.add(next.ticket.holder);
    }
    return [...free];
  }

  /** Says whose turn it is: the first; beside those in flight, the one behind them if all of them only name it. */
  private callNext(line: Line<T>): void {
    const { call, lastInCall, first } = line;
    const behind = lastInCall?.after;
    const joins = lastInCall?.claim === 'named' && behind?.claim === 'named';
    const next = call === undefined ? first : joins ? behind : undefined;
    if (next === line.next) return;
    if (line.next) line.next.ticket.behind += 1;
    if (next) next.ticket.behind -= 1;
    line.next = next;
  }
}
