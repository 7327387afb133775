import type { Settings } from '../../config/settings.js';
import type { Update } from '../../delivery/update.js';
import { lastCallAfterMs } from '../../upstream/budget-forecast.js';
import { maxLinesPerCall } from '../call-pace.js';
import type { ImportPlanDto } from '../dto/import.dto.js';
import type { SeenInDryRun } from './seen-identifiers.js';
import type { PreparedLine } from './prepare-lines.js';
import { StoredMistakes } from './stored-mistakes.js';

const MINUTE_MS = 60_000;

/** Counts the bulk calls that items need, each call within the bounds of items and bytes. */
class CallCount {
  calls = 0;
  private items = Infinity;
  private bytes = 0;

  constructor(
    private readonly maxItems: number,
    private readonly maxBytes: number,
  ) {}

  add(bytes: number): void {
    if (this.items >= this.maxItems || this.bytes + bytes > this.maxBytes) {
      this.calls += 1;
      this.items = 0;
      this.bytes = 0;
    }
    this.items += 1;
    this.bytes += bytes;
  }
}

/** Counts the lines, calls and minutes of an import, lists its mistakes, and stores nothing. */
export async function planImport(
  lines: AsyncIterable<PreparedLine>,
  settings: Settings,
  seen: SeenInDryRun,
): Promise<ImportPlanDto> {
  const { UPSTREAM_MAX_BODY_BYTES } = settings;
  const counts: Readonly<Record<Update['kind'], CallCount>> = {
    customer: new CallCount(maxLinesPerCall('customers', settings), UPSTREAM_MAX_BODY_BYTES),
    association: new CallCount(maxLinesPerCall('associations', settings), UPSTREAM_MAX_BODY_BYTES),
  };
  const plan = { lines: 0, valid: 0, invalid: 0, repeatedCustomers: 0, points: 0 };
  const mistakes = new StoredMistakes();
  for await (const one of lines) {
    plan.lines = one.line;
    if ('mistakes' in one) {
      plan.invalid += 1;
      mistakes.resultOf(one.line, one);
      continue;
    }
    const { kind, customer, credit, item } = one.update;
    plan.valid += 1;
    plan.points += credit?.points ?? 0;
    counts[kind].add(Buffer.byteLength(JSON.stringify(item)) + 1);
    if (seen.add(customer)) plan.repeatedCustomers += 1;
  }
  const calls = counts.customer.calls + counts.association.calls;
  const minutes = lastCallAfterMs(calls, settings.UPSTREAM_CALLS_PER_MINUTE) / MINUTE_MS;
  return {
    ...plan,
    ...(!seen.isComplete && { comparedIdentifiers: seen.count }),
    calls,
    minutes: Math.ceil(minutes * 10) / 10,
    mistakes: mistakes.listed,
  };
}
