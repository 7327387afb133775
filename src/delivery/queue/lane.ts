import type { CallResult } from '../../upstream/call-result.js';
import type { Isolation } from '../settle/isolate.js';
import type { PendingUpdate } from './pending-update.js';
import type { Update } from '../update.js';

/**
 * What a call is for: new updates of callers who wait, their retries, the isolation of a refused call, or jobs that can
 * wait.
 */
export type Turn = QueueName | 'isolation';

/** `fresh` and `again` hold the updates of callers who wait. */
export type QueueName = 'fresh' | 'again' | 'background';

const TURNS: readonly Turn[] = ['fresh', 'again', 'isolation', 'background'];

/** Updates that are ready to be sent, the earliest submitted first, whenever they became ready. */
class Queue {
  private readonly heap: PendingUpdate[] = [];

  get first(): PendingUpdate | undefined {
    return this.heap[0];
  }

  push(update: PendingUpdate): void {
    const { heap } = this;
    let at = heap.push(update) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.sequenceAt(above) <= this.sequenceAt(at)) break;
      this.swap(at, above);
      at = above;
    }
  }

  shift(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const below = this.sequenceAt(right) < this.sequenceAt(left) ? right : left;
      if (this.sequenceAt(below) >= this.sequenceAt(at)) return;
      this.swap(at, below);
      at = below;
    }
  }

  private sequenceAt(index: number): number {
    return this.heap[index]?.submission.sequence ?? Infinity;
  }

  private swap(one: number, other: number): void {
    const { heap } = this;
    const [a, b] = [heap[one], heap[other]];
    if (a && b) [heap[one], heap[other]] = [b, a];
  }
}

/**
 * Identifies the updates that may share a call: those of one route and of one kind, as kinds have bounds of their own.
 */
export function laneKey({
  route: { source, accountId, attribution },
  kind,
}: Pick<Update, 'route' | 'kind'>): string {
  return JSON.stringify([source, accountId, attribution?.type, attribution?.code, kind]);
}

/** The updates of one route that are ready to be sent, and its refused calls. */
export class Lane {
  readonly queues: Readonly<Record<QueueName, Queue>> = {
    fresh: new Queue(),
    again: new Queue(),
    background: new Queue(),
  };
  readonly isolations: Isolation<PendingUpdate, CallResult>[] = [];
  /** Updates of callers who wait that were never taken into a call, ready or not. */
  interactiveCount = 0;
  /** All updates of the lane that are not settled, or are still in flight. */
  memberCount = 0;

  constructor(
    readonly key: string,
    readonly kind: Update['kind'],
  ) {}

  push(update: PendingUpdate): void {
    update.markReady();
    this.queues[queueOf(update)].push(update);
  }

  /** Whether the next update of the background has failed before. */
  get hasFailedFirst(): boolean {
    return (this.queues.background.first?.failureCount ?? 0) > 0;
  }

  hasWork(turn: Turn): boolean {
    return turn === 'isolation' ? this.isolations.length > 0 : this.queues[turn].first !== undefined;
  }
}

function queueOf({ submission, failureCount }: PendingUpdate): QueueName {
  if (submission.priority === 'background') return 'background';
  return failureCount === 0 ? 'fresh' : 'again';
}

/** All lanes, and which of them have work for each turn; a lane that had its turn goes to the end. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly waiting: Readonly<Record<Turn, Set<Lane>>> = {
    fresh: new Set(),
    again: new Set(),
    isolation: new Set(),
    background: new Set(),
  };

  get size(): number {
    return this.lanes.size;
  }

  /** How many lanes have new updates that wait for a call. */
  get busyCount(): number {
    return this.waiting.fresh.size;
  }

  get(key: string): Lane | undefined {
    return this.lanes.get(key);
  }

  of(key: string, kind: Update['kind']): Lane {
    const known = this.lanes.get(key);
    if (known) return known;
    const lane = new Lane(key, kind);
    this.lanes.set(key, lane);
    return lane;
  }

  /** Queues an update in its lane, unless it is queued already. */
  push(update: PendingUpdate): void {
    const lane = this.lanes.get(update.submission.laneKey);
    if (!lane) return;
    if (!update.isReady) lane.push(update);
    this.waiting[queueOf(update)].add(lane);
  }

  isolate(lane: Lane, isolation: Isolation<PendingUpdate, CallResult>): void {
    lane.isolations.push(isolation);
    this.waiting.isolation.add(lane);
  }

  has(turn: Turn): boolean {
    return this.waiting[turn].size > 0;
  }

  /** The next lane for this turn. */
  first(turn: Turn): Lane | undefined {
    const [lane] = this.waiting[turn];
    return lane;
  }

  /** Ends a lane's turn: it goes behind the others, or away when it has nothing left. */
  rotate(lane: Lane, turn: Turn): void {
    for (const name of TURNS) {
      if (name === turn || !lane.hasWork(name)) this.waiting[name].delete(lane);
      if (lane.hasWork(name)) this.waiting[name].add(lane);
    }
  }

  /** Forgets a lane without updates. */
  close(lane: Lane): void {
    if (lane.memberCount > 0) return;
    for (const name of TURNS) this.waiting[name].delete(lane);
    this.lanes.delete(lane.key);
  }
}
