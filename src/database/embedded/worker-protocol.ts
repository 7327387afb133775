import type { SqlError } from '../database-errors.js';

/** A request of the main thread to the worker, which responds in the same order. */
export type WorkerRequest =
  | {
      readonly kind: 'query';
      readonly text: string;
      readonly values: readonly unknown[];
      /** Outside of a transaction, a text that fails after its own BEGIN must not leave the session in a failed transaction. */
      readonly inTransaction: boolean;
    }
  | { readonly kind: 'listen' | 'unlisten'; readonly channel: string }
  | { readonly kind: 'close' };

export interface WorkerAnswer {
  readonly rows: object[];
  readonly rowCount: number;
  readonly command: string;
}

/**
 * A message of the worker: whether it could open the folder, one response for each request, and notifications in between.
 * After `broken` it executes no request any more.
 */
export type WorkerMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not-opened'; readonly because: string }
  | { readonly kind: 'answered'; readonly answer: WorkerAnswer }
  | { readonly kind: 'refused'; readonly error: SqlError }
  | { readonly kind: 'broken'; readonly code: string }
  | { readonly kind: 'notified'; readonly channel: string; readonly payload: string };

export interface WorkerInput {
  /** The folder of the data; this process must hold its lock (`folder-lock.ts`). */
  readonly folder: string;
}
