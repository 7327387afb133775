import type { CallAttempt } from '../queue/pending-update.js';
import type { CallBatch } from '../queue/pending-set.js';

/** A bulk call that has left, with all who ride on it. */
export interface InFlightCall extends CallAttempt, CallBatch {}
