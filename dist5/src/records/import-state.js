/**
 * The state machine of imports: every change of `meniscus.imports.state`.
 *
 * Chunks are claimed while the state is `running`. In `cancelling`, the lines without a result are recorded as failed. An
 * upload that is never accepted has no transition: `ImportRetentionRepository.discard` deletes it.
 */
export const TRANSITIONS = {
    /** The upload is complete: `ImportsRepository.accept`. */
    accept: { from: ['uploading'], to: 'queued' },
    /** A process starts to work on it: `ImportsRepository.start`. */
    start: { from: ['queued'], to: 'running' },
    /** A caller pauses it: `ImportsRepository.transition`. */
    pause: { from: ['queued', 'running'], to: 'paused' },
    /** A caller resumes it: `ImportsRepository.transition`. */
    resume: { from: ['paused'], to: 'queued' },
    /** A caller cancels it: `ImportsRepository.transition`. */
    cancel: { from: ['queued', 'running', 'paused'], to: 'cancelling' },
    /** It was paused for too long: `ImportRetentionRepository.cancelExpired`. */
    expire: { from: ['paused'], to: 'cancelling' },
    /** Every line has a result: `ImportsRepository.endJob`. */
    complete: { from: ['queued', 'running', 'paused'], to: 'completed' },
    /** Every line has a result after a cancel: `ImportsRepository.endJob`. */
    completeCancel: { from: ['cancelling'], to: 'cancelled' },
};
/** The states in which a process must be working on the import. */
export const STATES_WITH_WORK = ['queued', 'running', 'cancelling'];
/** Whether the state allows the transition. */
export function isAllowed(name, state) {
    const { from } = TRANSITIONS[name];
    return from.includes(state);
}
/** Builds the same condition in SQL. */
export function isAllowedSql(name) {
    return `state in (${TRANSITIONS[name].from.map((state) => `'${state}'`).join(', ')})`;
}
/** Assigns what every change of an import changes: streams of events watch the version, the sweep watches the time. */
export const CHANGED = 'version = version + 1, touched_at = now()';
/** Builds the assignments of a transition in SQL. */
export function transitionSql(name) {
    return `state = '${TRANSITIONS[name].to}', ${CHANGED}`;
}
/**
 * Builds the assignments in SQL that count results of lines.
 *
 * @param counts an SQL expression for each outcome that the statement adds results of
 */
export function countResultsSql(counts) {
    const added = Object.entries(counts).map(([outcome, count]) => `${outcome} = ${outcome} + ${count}`);
    return [...added, CHANGED].join(', ');
}
//# sourceMappingURL=import-state.js.map