var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Injectable } from '@nestjs/common';
/** The longest slice of work between two turns, apart from its last step. */
const SLICE_MS = 5;
/**
 * Divides long work, such as a batch, into slices, so that it never blocks the event loop for long. Each turn of the
 * event loop has one slice, however much work waits: the slices of many requests in one turn would add up. The request
 * that arrived first has the turn, so large requests keep their order, and few of them are in memory half done.
 */
let LoopTurns = class LoopTurns {
    waiting = [];
    /** Resolves in a turn of the event loop in which no other slice runs. */
    next(arrivedAt) {
        return new Promise((begin) => {
            if (this.waiting.push({ arrivedAt, begin }) === 1)
                setImmediate(() => this.take());
        });
    }
    /**
     * Runs work in slices, the first one at once.
     *
     * @param work yields wherever it may be interrupted
     */
    async run(work, arrivedAt) {
        for (let endsAt = performance.now() + SLICE_MS;;) {
            const step = work.next();
            if (step.done)
                return step.value;
            if (performance.now() < endsAt)
                continue;
            // oxlint-disable-next-line no-await-in-loop -- a slice ends here
            await this.next(arrivedAt);
            endsAt = performance.now() + SLICE_MS;
        }
    }
    take() {
        let first = 0;
        this.waiting.forEach(({ arrivedAt }, index) => {
            if (arrivedAt < (this.waiting[first]?.arrivedAt ?? Infinity))
                first = index;
        });
        const [taken] = this.waiting.splice(first, 1);
        // Within this callback, this means the next turn.
        if (this.waiting.length > 0)
            setImmediate(() => this.take());
        taken?.begin();
    }
};
LoopTurns = __decorate([
    Injectable()
], LoopTurns);
export { LoopTurns };
//# sourceMappingURL=loop-turns.service.js.map