import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { prepareUpdate } from '../../writes/prepare-update.js';
/** How long lines are prepared before the event loop serves other work. A single line may take longer. */
const TURN_MS = 10;
const TURNS = { now: () => performance.now(), pass: () => yieldToOthers() };
/** Prepares each line like the body of a request for one update. */
export async function* prepareLines(lines, kind, preparation, { now, pass } = TURNS) {
    let turnEndsAt = now() + TURN_MS;
    for await (const one of lines) {
        if (now() >= turnEndsAt) {
            await pass();
            turnEndsAt = now() + TURN_MS;
        }
        if ('mistakes' in one)
            yield { ...one, outcome: 'invalid' };
        else
            yield { line: one.line, ...prepareUpdate(kind, one.value, preparation) };
    }
}
//# sourceMappingURL=prepare-lines.js.map