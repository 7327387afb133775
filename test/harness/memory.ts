import { readFileSync } from 'node:fs';
import type { Service } from './service.js';

/** The heap that `npm start` gives the service. */
export const HEAP_OF_START = { NODE_OPTIONS: '--max-semi-space-size=32 --max-old-space-size=512' };

/** Returns the resident memory of a running service. */
export function residentBytes({ program }: Service): number {
  const [, pages] = readFileSync(`/proc/${program.process.pid}/statm`, 'utf8').split(' ');
  return Number(pages) * 4096;
}
