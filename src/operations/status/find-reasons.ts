import {
  type Found,
  type StatusContext,
  type StatusFacts,
  isLate,
  isShortOfCalls,
  isVendorSlow,
  reason,
} from './status-facts.js';
import { type Fault, STATES, type StatusReasonDto } from './status-reason.dto.js';
import type { StatusCallerDto } from './status.dto.js';
import { findVendorReasons } from './find-vendor-reasons.js';

/** From this share on, the next batch may find no room. */
const FULL_SHARE = 0.9;

/** From this delay of most turns on, the service refuses writes that cannot be answered in time. */
const LATE_LOOP_MS = 50;

/** Fewer requests than this prove nothing about a caller. */
const MIN_REFUSED = 20;
const REFUSED_SHARE = 0.5;
const MIN_LIMITED = 10;

/** Finds everything that is not as it should be, the most serious first; of two that are equal, the cause of the other. */
export function findReasons(facts: StatusFacts, context: StatusContext): StatusReasonDto[] {
  const found: Found[] = [
    ...ofService(facts, context),
    ...findVendorReasons(facts, context),
    ...ofCallers(facts, context),
    ...ofStored(facts),
    ...ofLostLines(facts),
  ];
  return found
    .filter((one) => one !== undefined)
    .toSorted((one, other) => STATES.indexOf(other.state) - STATES.indexOf(one.state));
}

function ofService({ database, eventLoop }: StatusFacts, { notReady }: StatusContext): Found[] {
  return [
    database.state === 'down'
      ? reason(
          'database-down',
          ['failing', 'service'],
          `The database is down: ${database.reason ?? 'it does not answer'}. Requests with an Idempotency-Key or with points and imports are refused; other updates go on.`,
          'Start or repair the database, or free its disk, and look for `database.lost` in the log; the service goes on by itself. Do not kill it, as it keeps in memory what it could not store.',
        )
      : undefined,
    'audit' in notReady
      ? reason(
          'audit-not-written',
          ['degraded', 'service'],
          'Audit events cannot be written; they are kept in memory until 16 MiB are full.',
          'Free the disk of AUDIT_LOG_FILE, correct its permissions, or start the program that reads standard output.',
        )
      : undefined,
    'service' in notReady
      ? reason(
          'shutting-down',
          ['degraded', 'none'],
          'This instance is shutting down.',
          'Send requests to another instance; if that was not intended, find what sent the signal.',
        )
      : undefined,
    eventLoop.medianMs >= LATE_LOOP_MS
      ? reason(
          'event-loop-late',
          ['degraded', 'service'],
          `This process is too busy: most turns of its event loop were at least ${Math.round(eventLoop.medianMs)} ms late in the last seconds.`,
          'Give it a whole processor, or start another instance; `callers` and `imports` show who keeps it busy.',
        )
      : undefined,
  ];
}

/** Names the caller that sends the most. */
function describeBusiest({ busiest }: StatusContext): string {
  if (!busiest) return '';
  const { principal, requests, ofAll } = busiest;
  return ` ${nameOf(principal)} sends the most: ${requests} of the ${ofAll} requests of the last minutes.`;
}

function nameOf(principal: string): string {
  return principal === 'none' ? 'Callers without an accepted key or token' : `The caller ${principal}`;
}

function ofCallers(facts: StatusFacts, context: StatusContext): Found[] {
  const { vendor, pending, callers } = facts;
  const { settings } = context;
  const { interactive, background } = pending;
  const isFull =
    interactive.count + background.count >= settings.MAX_PENDING_UPDATES * FULL_SHARE ||
    interactive.bytes + background.bytes >= settings.MAX_PENDING_BYTES * FULL_SHARE;
  return [
    isShortOfCalls(facts, context)
      ? reason(
          'calls-used-up',
          ['degraded', 'caller'],
          `The ${vendor.callsPerMinute ?? 0} calls a minute are spent as fast as they come, so updates wait for the next ones.${describeBusiest(context)}`,
          'Ask the caller that sends the most to send batches or imports, and not to update the same customer again and again; `callers` and `imports` have the others. If the load is not wanted, lower the limits of its key; if it is and the vendor allows more, raise UPSTREAM_CALLS_PER_MINUTE.',
        )
      : undefined,
    ofQueue(facts, context),
    isFull
      ? reason(
          'queue-full',
          ['degraded', 'caller'],
          `As many updates wait as may: ${interactive.count + background.count}. Further ones are refused with 503.${describeBusiest(context)}`,
          'Correct the reasons above, if there are any; otherwise callers send more than the calls per minute can take: limit them by LIMIT_UPDATES_PER_SECOND or in their keys.',
        )
      : undefined,
    ...callers.flatMap(ofCaller),
  ];
}

/** Callers wait for each other where neither the vendor nor the calls a minute keep them waiting. */
function ofQueue(facts: StatusFacts, context: StatusContext): Found {
  const { vendor, pending } = facts;
  const isExplained =
    vendor.breaker !== 'closed' ||
    vendor.learnedCallsPerMinute !== null ||
    isVendorSlow(facts, context) ||
    isShortOfCalls(facts, context);
  if (isExplained || !isLate(facts, context)) return undefined;
  return reason(
    'updates-queued',
    ['degraded', 'caller'],
    `Updates wait for each other: the oldest was submitted ${pending.interactive.oldestSeconds} s ago, although the vendor answers within ${vendor.callMs} ms and calls are left.${describeBusiest(context)}`,
    'Updates of one customer run one after the other: ask the caller not to update the same customer again and again. If the updates are of many customers, raise UPSTREAM_MAX_CONCURRENCY.',
  );
}

function ofCaller({ principal, requests, limited, refused }: StatusCallerDto): Found[] {
  const name = nameOf(principal);
  return [
    limited >= MIN_LIMITED
      ? reason(
          'caller-limited',
          ['attention', 'caller'],
          `${name} sent more than allowed: ${limited} of ${requests} requests in the last five minutes were answered with 429.`,
          'Ask its owner to obey `Retry-After` and to send batches; raise the limits of its key if the load is wanted.',
        )
      : undefined,
    refused >= MIN_REFUSED && refused >= requests * REFUSED_SHARE
      ? reason(
          'caller-refused',
          ['attention', 'caller'],
          `${name} sent mostly what is refused: ${refused} of ${requests} requests in the last five minutes were answered with a status from 400 to 499.`,
          'Look for `problem` in its access events in the log, and inform its owner.',
        )
      : undefined,
  ];
}

/** Who has to act where an import waits; the calls per minute and the own queue are no fault. */
const FAULT_OF_WAITING: Readonly<Record<string, Fault>> = {
  credentials: 'service',
  configuration: 'service',
  database: 'service',
  breaker: 'vendor',
  vendor: 'vendor',
  retries: 'vendor',
};

function ofStored({ instances = [], imports, credits }: StatusFacts): Found[] {
  const waiting = (imports?.inProgress ?? []).flatMap(({ waitingFor = '', state }) => {
    const fault = state === 'paused' ? undefined : FAULT_OF_WAITING[waitingFor];
    return fault ? [{ waitingFor, fault }] : [];
  });
  const words = [...new Set(waiting.map(({ waitingFor }) => waitingFor))].join(', ');
  const missing = instances.filter(({ isMissing }) => isMissing);
  return [
    waiting[0] &&
      reason(
        'imports-waiting',
        ['degraded', waiting.some(({ fault }) => fault === 'service') ? 'service' : 'vendor'],
        `${waiting.length} of the imports in progress wait for: ${words}.`,
        'Correct the other reasons, if there are any; `waitingFor` in the description of GET /v1/imports/{id} explains each word. Imports go on by themselves.',
      ),
    credits && credits.inDoubt > 0
      ? reason(
          'credits-in-doubt',
          ['attention', 'service'],
          `${credits.inDoubt} credits are in doubt, the oldest for ${credits.oldestSeconds} s: the vendor may or may not have credited their points.`,
          'List them with GET /v1/loyalty/unknown-credits, find out what the vendor did, and resolve each one.',
        )
      : undefined,
    missing.length > 0
      ? reason(
          'instance-missing',
          ['attention', 'service'],
          `${missing.length} instances no longer report, and did not shut down by a signal: ${missing.map(({ id }) => id).join(', ')}.`,
          'Find out in their last log lines, and from the system that starts them, why they ended, or whether they cannot reach the database.',
        )
      : undefined,
  ];
}

function ofLostLines({ lost }: StatusFacts): Found[] {
  return [
    lost.auditEvents > 0
      ? reason(
          'audit-events-lost',
          ['attention', 'service'],
          `${lost.auditEvents} audit events were lost since this process started.`,
          'Keep room for AUDIT_LOG_FILE, and note the gap: `audit.not-written` and `audit.written-again` in the log enclose it.',
        )
      : undefined,
    lost.logLines > 0
      ? reason(
          'log-lines-lost',
          ['attention', 'service'],
          `${lost.logLines} lines of the log were lost since this process started, as no program read them in time.`,
          'Look at the program that reads standard output, or set LOG_LEVEL to `warn`.',
        )
      : undefined,
  ];
}
