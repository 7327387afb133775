import type { Ride } from '../queue/pending-update.js';
import type { Boarding } from '../queue/pending-set.js';

/** A bulk call that has left, with all who ride on it. */
export interface Flight extends Ride, Boarding {}
