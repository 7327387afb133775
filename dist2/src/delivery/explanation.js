/** The most steps that are kept of one update: the first and the last ones. */
const MAX_STEPS = 60;
/** Adds a step; a long history loses its middle. */
export function addStep({ steps }, step) {
    steps.push(step);
    if (steps.length > MAX_STEPS)
        steps.splice(MAX_STEPS / 2, 1);
}
/** Keeps the explanations of the latest updates. */
export class Explanations {
    capacity;
    latest = new Map();
    /** Their ids; the slot of the oldest one is overwritten next. */
    ring = [];
    next = 0;
    /** @param capacity how many are kept */
    constructor(capacity) {
        this.capacity = capacity;
    }
    add(explanation) {
        const oldest = this.ring[this.next];
        if (oldest !== undefined)
            this.latest.delete(oldest);
        this.ring[this.next] = explanation.id;
        this.next = (this.next + 1) % this.capacity;
        this.latest.set(explanation.id, explanation);
    }
    get(id) {
        return this.latest.get(id);
    }
}
//# sourceMappingURL=explanation.js.map