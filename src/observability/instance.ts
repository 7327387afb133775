import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Injectable } from '@nestjs/common';

function readVersion(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) throw new Error('the service has no package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Identifies this process among the instances of the service. */
@Injectable()
export class Instance {
  /** New at each start. */
  readonly id = randomUUID();
  readonly version = readVersion();
  readonly nodeVersion = process.version;
  readonly startedAt = new Date(performance.timeOrigin);
}
