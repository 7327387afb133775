import type { Settings } from '../../config/settings.js';
import {
  type Fault,
  type ReasonCode,
  STATES,
  type State,
  type StatusReasonDto,
} from './status-reason.dto.js';
import type { StatusCallerDto, StatusDto } from './status.dto.js';

/** What the reasons follow from. */
export type StatusFacts = Omit<StatusDto, 'state' | 'fault' | 'reasons'>;

export interface StatusContext {
  readonly settings: Pick<Settings, 'REQUEST_DEADLINE_MS' | 'MAX_PENDING_UPDATES' | 'MAX_PENDING_BYTES'>;
  /** A sentence for each part of the service that is not ready. */
  readonly notReady: Readonly<Record<string, string>>;
}

/** Updates of callers who wait for this share of their time are late. */
const LATE_SHARE = 0.25;

/** From this share on, the next batch may find no room. */
const FULL_SHARE = 0.9;

/** From this delay of most turns on, the service refuses writes that cannot be answered in time. */
const LATE_LOOP_MS = 50;

/** Fewer requests than this prove nothing about a caller. */
const MIN_REFUSED = 20;
const REFUSED_SHARE = 0.5;
const MIN_LIMITED = 10;

type Found = StatusReasonDto | undefined;

/** Every reason is one row: how serious, who has to act, what is the case, what to do. */
const reason = (
  code: ReasonCode,
  [state, fault]: readonly [Exclude<State, 'ok'>, Fault],
  detail: string,
  action: string,
): StatusReasonDto => ({ code, state, fault, detail, action });

/** Finds everything that is not as it should be, the most serious first; of two that are equal, the cause of the other. */
export function findReasons(facts: StatusFacts, context: StatusContext): StatusReasonDto[] {
  const found: Found[] = [
    ...ofService(facts, context),
    ...ofVendor(facts),
    ofSlowVendor(facts, context),
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

/** What is wrong with a connection is ours where it is in our settings or our network. */
const OUR_CONNECTION_FAULTS: ReadonlySet<string> = new Set([
  'name-not-found',
  'host-unreachable',
  'not-tls',
  'wrong-host-name',
  'unknown-authority',
]);

function ofVendor({ vendor }: StatusFacts): Found[] {
  const { breaker, connection, credentials, learnedCallsPerMinute } = vendor;
  const isOurs = OUR_CONNECTION_FAULTS.has(connection);
  return [
    credentials === 'refused'
      ? reason(
          'credentials-refused',
          ['failing', 'service'],
          'The vendor refuses our credentials, so no update can be sent.',
          'Check UPSTREAM_OAUTH_KEY and its secret, or UPSTREAM_BASIC_TILL and its password, and UPSTREAM_BASE_URL; if nothing was changed here, ask the vendor whether it revoked them.',
        )
      : undefined,
    connection !== 'no-fault'
      ? reason(
          'vendor-unreachable',
          ['failing', isOurs ? 'service' : 'vendor'],
          `The latest call found no connection to the vendor: ${connection}.`,
          isOurs
            ? 'Check UPSTREAM_BASE_URL, UPSTREAM_CA, the name server and the network of this machine.'
            : 'Ask the vendor for the state of its service; check from this machine that nothing between it and the vendor blocks the connection.',
        )
      : undefined,
    credentials === 'unavailable' && connection === 'no-fault'
      ? reason(
          'credentials-unavailable',
          ['failing', 'vendor'],
          'The vendor issued no access token, so no update can be sent.',
          'Look for `token.failed` in the log: with `not-a-token-endpoint` correct UPSTREAM_BASE_URL, otherwise ask the vendor for the state of its service.',
        )
      : undefined,
    breaker !== 'closed'
      ? reason(
          'breaker-open',
          ['failing', 'vendor'],
          breaker === 'open'
            ? 'Most calls to the vendor fail, so the circuit breaker is open: updates are refused with 503, and imports wait.'
            : 'Most calls to the vendor failed, and the circuit breaker lets one through that decides whether it closes.',
          'Look for `because` of `bulk-call.failed` in the log, and ask the vendor for the state of its service; the breaker closes by itself when a call succeeds.',
        )
      : undefined,
    learnedCallsPerMinute !== null
      ? reason(
          'pace-lowered',
          ['degraded', 'vendor'],
          `The vendor answered 429, so this instance makes at most ${learnedCallsPerMinute} calls a minute and tries more by itself.`,
          'Ask the vendor for the limit of these credentials and set UPSTREAM_CALLS_PER_MINUTE below it; look for other programs that use the same credentials.',
        )
      : undefined,
  ];
}

function ofSlowVendor({ vendor, pending }: StatusFacts, { settings }: StatusContext): Found {
  const { oldestSeconds } = pending.interactive;
  const isLate = oldestSeconds * 1000 >= settings.REQUEST_DEADLINE_MS * LATE_SHARE;
  const isExplained =
    vendor.breaker !== 'closed' || vendor.callsLeft === 0 || vendor.learnedCallsPerMinute !== null;
  if (!isLate || isExplained) return undefined;
  return reason(
    'vendor-slow',
    ['degraded', 'vendor'],
    `Callers wait: the oldest update was submitted ${oldestSeconds} s ago, and calls are left in this minute.`,
    'See `durationMs` of `bulk-call.answered` in the log for how long the vendor takes, and ask the vendor; more calls at a time need a larger UPSTREAM_MAX_CONCURRENCY.',
  );
}

function ofCallers({ vendor, pending, callers }: StatusFacts, { settings }: StatusContext): Found[] {
  const { interactive, background } = pending;
  const isFull =
    interactive.count + background.count >= settings.MAX_PENDING_UPDATES * FULL_SHARE ||
    interactive.bytes + background.bytes >= settings.MAX_PENDING_BYTES * FULL_SHARE;
  return [
    vendor.callsLeft === 0
      ? reason(
          'calls-used-up',
          ['degraded', 'caller'],
          `The ${vendor.callsPerMinute ?? 0} calls of this minute are used up, so updates wait for the next ones.`,
          'Ask callers to send batches or imports instead of single updates, see `callers` and `imports` for who sends; if the vendor allows more, raise UPSTREAM_CALLS_PER_MINUTE.',
        )
      : undefined,
    isFull
      ? reason(
          'queue-full',
          ['degraded', 'caller'],
          `As many updates wait as may: ${interactive.count + background.count}. Further ones are refused with 503.`,
          'Correct the reasons above, if there are any; otherwise callers send more than the calls per minute can take: limit them by LIMIT_UPDATES_PER_SECOND or in their keys.',
        )
      : undefined,
    ...callers.flatMap(ofCaller),
  ];
}

function ofCaller({ principal, requests, limited, refused }: StatusCallerDto): Found[] {
  const name = principal === 'none' ? 'Callers without an accepted key or token' : `The caller ${principal}`;
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
