import type { Ride } from './pending-update.js';
import type { Boarding } from './pending-updates.js';

/** A bulk call that has left, with all who ride on it. */
export interface Flight extends Ride, Boarding {}
