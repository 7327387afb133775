import type { CallAttempt } from '../queue/pending-update.js';
import type { CallBatch } from '../queue/pending-set.js';

/** A bulk call that has been sent, with its updates. */
export interface InFlightCall extends CallAttempt, CallBatch {}
