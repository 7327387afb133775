import {
  type Found,
  type StatusContext,
  type StatusFacts,
  isLate,
  isShortOfCalls,
  isVendorSlow,
  reason,
} from './status-facts.js';

/** What is wrong with a connection is ours where it is in our settings or our network. */
const OUR_CONNECTION_FAULTS: ReadonlySet<string> = new Set([
  'name-not-found',
  'host-unreachable',
  'not-tls',
  'wrong-host-name',
  'unknown-authority',
]);

/** Finds what is wrong with the vendor, or between it and this service. */
export function findVendorReasons(facts: StatusFacts, context: StatusContext): Found[] {
  const { vendor } = facts;
  const { breaker, connection, latestCall, credentials, learnedCallsPerMinute, paceRefusals } = vendor;
  const latest = latestCall === 'no-fault' ? '' : `, the latest one with \`${latestCall}\``;
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
            ? `Most calls to the vendor fail${latest}, so the circuit breaker is open: updates are refused with 503, and imports wait.`
            : `Most calls to the vendor failed${latest}, and the circuit breaker lets one through that decides whether it closes.`,
          'Ask the vendor for the state of its service, with `because` and `upstreamRequestId` of `bulk-call.failed` in the log; the breaker closes by itself when a call succeeds.',
        )
      : undefined,
    learnedCallsPerMinute !== null
      ? reason(
          'pace-lowered',
          [paceRefusals > 0 || isLate(facts, context) ? 'degraded' : 'attention', 'vendor'],
          paceRefusals > 0
            ? `The vendor answers 429 (calls of the last minute: ${paceRefusals}), so this instance makes at most ${learnedCallsPerMinute} calls a minute and tries more by itself.`
            : `The vendor no longer answers 429. This instance still makes at most ${learnedCallsPerMinute} calls a minute, and tries more each minute by itself.`,
          'Ask the vendor for the limit of these credentials and set UPSTREAM_CALLS_PER_MINUTE below it; look for other programs that use the same credentials.',
        )
      : undefined,
    ofSlowVendor(facts, context),
  ];
}

function ofSlowVendor(facts: StatusFacts, context: StatusContext): Found {
  const { vendor, pending } = facts;
  const isExplained =
    vendor.breaker !== 'closed' || isShortOfCalls(facts, context) || vendor.learnedCallsPerMinute !== null;
  if (isExplained || !isLate(facts, context) || !isVendorSlow(facts, context)) return undefined;
  const { oldestSeconds } = pending.interactive;
  return vendor.latestCall === 'answer-timeout'
    ? reason(
        'vendor-slow',
        ['degraded', 'vendor'],
        `The vendor does not answer in time: the latest call ended after UPSTREAM_TIMEOUT_MS without an answer, and the oldest update was submitted ${oldestSeconds} s ago.`,
        'Ask the vendor for the state of its service. When most calls fail, the circuit breaker opens, and callers get 503 at once.',
      )
    : reason(
        'vendor-slow',
        ['degraded', 'vendor'],
        `The vendor is slow: its calls take ${vendor.callMs} ms, and the oldest update was submitted ${oldestSeconds} s ago.`,
        'Ask the vendor for the state of its service; `durationMs` and `upstreamRequestId` of `bulk-call.answered` in the log show which calls take long.',
      );
}
