/**
 * How long a call gathers updates while another call of its lane is open. A call costs as much as several requests, and the
 * vendor takes longer than this.
 */
const GATHER_MS = 2;
const TURNS = ['fresh', 'again', 'isolation', 'background'];
/** Updates that are ready to be sent, the earliest submitted first, whenever they became ready. */
class Queue {
    heap = [];
    get size() {
        return this.heap.length;
    }
    get first() {
        return this.heap[0];
    }
    push(update) {
        const { heap } = this;
        let at = heap.push(update) - 1;
        while (at > 0) {
            const above = (at - 1) >> 1;
            if (this.sequenceAt(above) <= this.sequenceAt(at))
                break;
            this.swap(at, above);
            at = above;
        }
    }
    shift() {
        const { heap } = this;
        const last = heap.pop();
        if (!last || heap.length === 0)
            return;
        heap[0] = last;
        for (let at = 0;;) {
            const [left, right] = [2 * at + 1, 2 * at + 2];
            const below = this.sequenceAt(right) < this.sequenceAt(left) ? right : left;
            if (this.sequenceAt(below) >= this.sequenceAt(at))
                return;
            this.swap(at, below);
            at = below;
        }
    }
    sequenceAt(index) {
        return this.heap[index]?.submission.sequence ?? Infinity;
    }
    swap(one, other) {
        const { heap } = this;
        const [a, b] = [heap[one], heap[other]];
        if (a && b)
            [heap[one], heap[other]] = [b, a];
    }
}
/**
 * Identifies the updates that may share a call: those of one route and of one kind, as kinds have bounds of their own.
 */
export function laneKey({ route: { source, accountId, attribution }, kind, }) {
    return JSON.stringify([source, accountId, attribution?.type, attribution?.code, kind]);
}
/** The updates of one route that are ready to be sent, and its refused calls. */
export class Lane {
    key;
    kind;
    queues = {
        fresh: new Queue(),
        again: new Queue(),
        background: new Queue(),
    };
    isolations = [];
    /** Updates of callers who wait that were never taken into a call, ready or not. */
    interactiveCount = 0;
    /** All updates of the lane that are not settled, or are still in flight. */
    memberCount = 0;
    openCalls = 0;
    leftAt = -Infinity;
    constructor(key, kind) {
        this.key = key;
        this.kind = kind;
    }
    push(update) {
        update.markReady();
        this.queues[queueOf(update)].push(update);
    }
    beginCall(now) {
        this.openCalls += 1;
        this.leftAt = now;
    }
    endCall() {
        this.openCalls -= 1;
    }
    /**
     * Returns until when a call should wait for more updates. It does not wait while no other call of the lane is open, or
     * when it is full.
     */
    gathersUntil(turn, itemCount) {
        const isFull = turn === 'isolation' || this.queues[turn].size >= itemCount;
        return this.openCalls === 0 || isFull ? -Infinity : this.leftAt + GATHER_MS;
    }
    /** Whether the next update of the background has failed before. */
    get hasFailedFirst() {
        return (this.queues.background.first?.failureCount ?? 0) > 0;
    }
    hasWork(turn) {
        return turn === 'isolation' ? this.isolations.length > 0 : this.queues[turn].first !== undefined;
    }
}
function queueOf({ submission, failureCount }) {
    if (submission.priority === 'background')
        return 'background';
    return failureCount === 0 ? 'fresh' : 'again';
}
/** All lanes, and which of them have work for each turn; a lane that had its turn goes to the end. */
export class Lanes {
    lanes = new Map();
    waiting = {
        fresh: new Set(),
        again: new Set(),
        isolation: new Set(),
        background: new Set(),
    };
    get size() {
        return this.lanes.size;
    }
    /** How many lanes have new updates that wait for a call. */
    get busyCount() {
        return this.waiting.fresh.size;
    }
    get(key) {
        return this.lanes.get(key);
    }
    of(key, kind) {
        const known = this.lanes.get(key);
        if (known)
            return known;
        const lane = new Lane(key, kind);
        this.lanes.set(key, lane);
        return lane;
    }
    /** Queues an update in its lane, unless it is queued already. */
    push(update) {
        const lane = this.lanes.get(update.submission.laneKey);
        if (!lane)
            return;
        if (!update.isReady)
            lane.push(update);
        this.waiting[queueOf(update)].add(lane);
    }
    isolate(lane, isolation) {
        lane.isolations.push(isolation);
        this.waiting.isolation.add(lane);
    }
    has(turn) {
        return this.waiting[turn].size > 0;
    }
    /** The next lane for this turn. */
    first(turn) {
        const [lane] = this.waiting[turn];
        return lane;
    }
    /** Ends a lane's turn: it goes behind the others, or away when it has nothing left. */
    rotate(lane, turn) {
        for (const name of TURNS) {
            if (name === turn || !lane.hasWork(name))
                this.waiting[name].delete(lane);
            if (lane.hasWork(name))
                this.waiting[name].add(lane);
        }
    }
    /** Forgets a lane without updates. */
    close(lane) {
        if (lane.memberCount > 0)
            return;
        for (const name of TURNS)
            this.waiting[name].delete(lane);
        this.lanes.delete(lane.key);
    }
}
//# sourceMappingURL=lane.js.map