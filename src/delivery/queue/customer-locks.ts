import type { CustomerKey } from '../customer-key.js';

/** Owned: nobody else may touch that customer meanwhile. Named: others who only name it may share the call. */
type Claim = 'owned' | 'named';

/** All who claim one customer, in the order in which they came; those in flight are always the first. */
interface KeyQueue<T> {
  readonly key: CustomerKey;
  first: QueueEntry<T> | undefined;
  last: QueueEntry<T> | undefined;
  /** The call in which those at the front are, and the last of them. */
  call: object | undefined;
  lastInCall: QueueEntry<T> | undefined;
  /** The one whose turn it is, or who may join the call. */
  next: QueueEntry<T> | undefined;
  ownerCount: number;
}

interface QueueEntry<T> {
  readonly request: LockRequest<T>;
  readonly queue: KeyQueue<T>;
  readonly claim: Claim;
  before: QueueEntry<T> | undefined;
  after: QueueEntry<T> | undefined;
}

/** What somebody holds who stands in the queues of all the customers that he claims. */
export interface LockRequest<T> {
  readonly holder: T;
  readonly entries: QueueEntry<T>[];
  /** In how many queues it is not its turn yet. */
  blockedBy: number;
}

/**
 * Who may fly when: two who own a customer in common never fly together, and go in the order in which they came. Those
 * who only name the same customer may share one call, in order, but never fly in two, nor beside somebody who owns it.
 *
 * Everything costs as much as the request has keys, however many are waiting: each queue knows whose turn it is, and each
 * request in how many queues it is not. So those who are free never stand in each other's way.
 */
export class CustomerLocks<T> {
  private readonly queues = new Map<CustomerKey, KeyQueue<T>>();

  /** How many customers somebody claims. */
  get size(): number {
    return this.queues.size;
  }

  /** Goes to the end of every queue. To own is more than to name. */
  enqueue(holder: T, owned: readonly CustomerKey[], named: readonly CustomerKey[]): LockRequest<T> {
    const claims = new Map<CustomerKey, Claim>();
    for (const key of named) claims.set(key, 'named');
    for (const key of owned) claims.set(key, 'owned');
    const request: LockRequest<T> = { holder, entries: [], blockedBy: 0 };
    for (const [key, claim] of claims) {
      const queue = this.queueOf(key);
      const entry: QueueEntry<T> = { request, queue, claim, before: queue.last, after: undefined };
      if (queue.last) queue.last.after = entry;
      else queue.first = entry;
      queue.last = entry;
      if (claim === 'owned') queue.ownerCount += 1;
      request.entries.push(entry);
      request.blockedBy += 1;
      this.updateNext(queue);
    }
    return request;
  }

  /** How many calls must go at least before one that owns these customers can. */
  depth(owned: readonly CustomerKey[]): number {
    return Math.max(0, ...owned.map((key) => this.queues.get(key)?.ownerCount ?? 0));
  }

  /** Whether it may fly in a call of its own, or in this one. */
  canAcquire({ blockedBy, entries }: LockRequest<T>, call?: object): boolean {
    return blockedBy === 0 && entries.every(({ queue }) => queue.call === undefined || queue.call === call);
  }

  /**
   * Takes it into a call.
   *
   * @returns whose turn it now is in that same call, if they may fly otherwise
   */
  acquire(request: LockRequest<T>, call: object): T[] {
    for (const entry of request.entries) {
      entry.queue.call = call;
      entry.queue.lastInCall = entry;
      this.updateNext(entry.queue);
    }
    return request.entries.flatMap(({ queue: { next } }) =>
      next && this.canAcquire(next.request, call) ? [next.request.holder] : [],
    );
  }

  /**
   * The call is over: those who stay keep their entries, the others leave.
   *
   * @returns who may fly now
   */
  release(requests: readonly LockRequest<T>[], stays: (holder: T) => boolean): T[] {
    const queues = new Set(requests.flatMap(({ entries }) => entries.map(({ queue }) => queue)));
    for (const queue of queues) {
      queue.call = undefined;
      queue.lastInCall = undefined;
    }
    for (const request of requests) {
      if (!stays(request.holder)) request.entries.forEach((entry) => this.unlink(entry));
    }
    return this.refresh(queues);
  }

  /**
   * Leaves without having flown.
   *
   * @returns who may fly now
   */
  cancel(request: LockRequest<T>): T[] {
    request.entries.forEach((entry) => this.unlink(entry));
    return this.refresh(new Set(request.entries.map(({ queue }) => queue)));
  }

  private queueOf(key: CustomerKey): KeyQueue<T> {
    const known = this.queues.get(key);
    if (known) return known;
    const queue: KeyQueue<T> = {
      key,
      first: undefined,
      last: undefined,
      call: undefined,
      lastInCall: undefined,
      next: undefined,
      ownerCount: 0,
    };
    this.queues.set(key, queue);
    return queue;
  }

  private unlink({ queue, claim, before, after }: QueueEntry<T>): void {
    if (before) before.after = after;
    else queue.first = after;
    if (after) after.before = before;
    else queue.last = before;
    if (claim === 'owned') queue.ownerCount -= 1;
  }

  private refresh(queues: ReadonlySet<KeyQueue<T>>): T[] {
    for (const queue of queues) this.updateNext(queue);
    const free = new Set<T>();
    for (const { key, first, next } of queues) {
      if (!first) this.queues.delete(key);
      if (next && this.canAcquire(next.request)) free.add(next.request.holder);
    }
    return [...free];
  }

  /** Says whose turn it is: the first; beside those in flight, the one behind them if all of them only name it. */
  private updateNext(queue: KeyQueue<T>): void {
    const { call, lastInCall, first } = queue;
    const behind = lastInCall?.after;
    const joins = lastInCall?.claim === 'named' && behind?.claim === 'named';
    const next = call === undefined ? first : joins ? behind : undefined;
    if (next === queue.next) return;
    if (queue.next) queue.next.request.blockedBy += 1;
    if (next) next.request.blockedBy -= 1;
    queue.next = next;
  }
}
