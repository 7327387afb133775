import type { SqlError } from '../database-errors.js';

/** What the main thread asks of the worker, which answers in the same order. */
export type Request =
  | {
      readonly kind: 'query';
      readonly text: string;
      readonly values: readonly unknown[];
      /** A statement outside that fails after its own BEGIN must not leave the session in a broken transaction. */
      readonly inTransaction: boolean;
    }
  | { readonly kind: 'listen' | 'unlisten'; readonly channel: string }
  | { readonly kind: 'close' };

export interface Answer {
  readonly rows: object[];
  readonly rowCount: number;
  readonly command: string;
}

/** What the worker tells: that it is open or why not, one answer per request, and notifications in between. */
export type Told =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not-opened'; readonly because: string }
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly error: SqlError }
  | { readonly kind: 'notified'; readonly channel: string; readonly payload: string };

export interface WorkerInput {
  /** Where the data stand; must be held by this process (`folder-lock.ts`). */
  readonly folder: string;
}
