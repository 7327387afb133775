/**
 * Locks by customer key, first in, first out. Two updates that own a common customer are never in flight together, and
 * go in the order in which they came. Updates that only name the same customer may share one call, in order, but are
 * never in two calls, nor in flight beside an update that owns it.
 *
 * Every operation costs as much as the request has keys, however many requests are waiting: each queue knows which
 * request may go next, and each request how many queues block it. So unblocked requests never wait for one another.
 *
 * ```
 * mobile:91…1  [A in flight] [C]      C is blocked by this queue
 * mobile:91…2  [B in flight] [C]      and by this one: blockedBy is 2
 * ```
 */
export class CustomerLocks {
    queues = new Map();
    /** How many customers have a request. */
    get size() {
        return this.queues.size;
    }
    /** Adds a request to the end of each of its queues. A key that is both owned and named counts as owned. */
    enqueue(holder, owned, named) {
        const claims = new Map();
        for (const key of named)
            claims.set(key, 'named');
        for (const key of owned)
            claims.set(key, 'owned');
        const request = { holder, entries: [], blockedBy: 0 };
        for (const [key, claim] of claims) {
            const queue = this.queueOf(key);
            const entry = { request, queue, claim, before: queue.last, after: undefined };
            if (queue.last)
                queue.last.after = entry;
            else
                queue.first = entry;
            queue.last = entry;
            if (claim === 'owned')
                queue.ownerCount += 1;
            request.entries.push(entry);
            request.blockedBy += 1;
            this.updateNext(queue);
        }
        return request;
    }
    /** Returns how many calls must end, at least, before a request that owns these customers can go. */
    depth(owned) {
        return Math.max(0, ...owned.map((key) => this.queues.get(key)?.ownerCount ?? 0));
    }
    /** Whether it can go in a new call, or in the given one. */
    canAcquire({ blockedBy, entries }, call) {
        return blockedBy === 0 && entries.every(({ queue }) => queue.call === undefined || queue.call === call);
    }
    /**
     * Locks all customers of a request for a call.
     *
     * @returns the holders that may now join that same call, unless something else holds them
     */
    acquire(request, call) {
        for (const entry of request.entries) {
            entry.queue.call = call;
            entry.queue.lastInCall = entry;
            this.updateNext(entry.queue);
        }
        return request.entries.flatMap(({ queue: { next } }) => next && this.canAcquire(next.request, call) ? [next.request.holder] : []);
    }
    /**
     * Releases the locks of a call that is over: the holders that stay keep their position, the others leave.
     *
     * @returns the holders that can go now
     */
    release(requests, stays) {
        const queues = new Set(requests.flatMap(({ entries }) => entries.map(({ queue }) => queue)));
        for (const queue of queues) {
            queue.call = undefined;
            queue.lastInCall = undefined;
        }
        for (const request of requests) {
            if (!stays(request.holder))
                request.entries.forEach((entry) => this.unlink(entry));
        }
        return this.refresh(queues);
    }
    /**
     * Removes a request that is not in a call.
     *
     * @returns the holders that can go now
     */
    cancel(request) {
        request.entries.forEach((entry) => this.unlink(entry));
        return this.refresh(new Set(request.entries.map(({ queue }) => queue)));
    }
    queueOf(key) {
        const known = this.queues.get(key);
        if (known)
            return known;
        const queue = {
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
    unlink({ queue, claim, before, after }) {
        if (before)
            before.after = after;
        else
            queue.first = after;
        if (after)
            after.before = before;
        else
            queue.last = before;
        if (claim === 'owned')
            queue.ownerCount -= 1;
    }
    refresh(queues) {
        for (const queue of queues)
            this.updateNext(queue);
        const free = new Set();
        for (const { key, first, next } of queues) {
            if (!first)
                this.queues.delete(key);
            if (next && this.canAcquire(next.request))
                free.add(next.request.holder);
        }
        return [...free];
    }
    /**
     * Decides which request may go next: the first one; or, behind a call in which all of them only name the customer,
     * the first one after them if it only names it too.
     */
    updateNext(queue) {
        const { call, lastInCall, first } = queue;
        const behind = lastInCall?.after;
        const joins = lastInCall?.claim === 'named' && behind?.claim === 'named';
        const next = call === undefined ? first : joins ? behind : undefined;
        if (next === queue.next)
            return;
        if (queue.next)
            queue.next.request.blockedBy += 1;
        if (next)
            next.request.blockedBy -= 1;
        queue.next = next;
    }
}
//# sourceMappingURL=customer-locks.js.map