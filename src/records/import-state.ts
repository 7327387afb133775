import type { ResultOutcome } from './import-rows.repository.js';

/** `cancelled`, `completed` and `refused` are final. */
export type ImportState =
  'uploading' | 'queued' | 'running' | 'paused' | 'cancelling' | 'cancelled' | 'completed' | 'refused';

interface Transition {
  readonly from: readonly ImportState[];
  readonly to: ImportState;
}

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
  /** Every line has a result, and none was sent, as another line is not valid: `ImportsRepository.endJob`. */
  refuse: { from: ['queued', 'running', 'paused'], to: 'refused' },
  /** Every line has a result after a cancel: `ImportsRepository.endJob`. */
  completeCancel: { from: ['cancelling'], to: 'cancelled' },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** The transitions that a caller may request. */
export type ImportAction = 'pause' | 'resume' | 'cancel';

/** The states in which a process must be working on the import. */
export const STATES_WITH_WORK: readonly ImportState[] = ['queued', 'running', 'cancelling'];

/** Whether an import in this state has ended. */
export function isFinal(state: ImportState): boolean {
  return state === 'completed' || state === 'cancelled' || state === 'refused';
}

/** Whether the state allows the transition. */
export function isAllowed(name: TransitionName, state: ImportState): boolean {
  const { from }: Transition = TRANSITIONS[name];
  return from.includes(state);
}

/** Builds the same condition in SQL. */
export function isAllowedSql(name: TransitionName): string {
  return `state in (${TRANSITIONS[name].from.map((state) => `'${state}'`).join(', ')})`;
}

/** Assigns what every change of an import changes: streams of events watch the version, the sweep watches the time. */
export const CHANGED = 'version = version + 1, touched_at = now()';

/** Builds the assignments of a transition in SQL. An import waits for nothing until it is running again. */
export function transitionSql(name: TransitionName): string {
  return `state = '${TRANSITIONS[name].to}', waiting_for = null, ${CHANGED}`;
}

/**
 * Builds the assignments in SQL that count results of lines.
 *
 * @param counts an SQL expression for each outcome that the statement adds results of
 */
export function countResultsSql(counts: Partial<Record<ResultOutcome, string>>): string {
  const added = Object.entries(counts).map(([outcome, count]) => `${outcome} = ${outcome} + ${count}`);
  return [...added, CHANGED].join(', ');
}
