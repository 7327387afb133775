import type { Settings } from '../../config/settings.js';
import type { BusiestCaller } from '../../observability/recent-callers.js';
import type { Fault, ReasonCode, State, StatusReasonDto } from './status-reason.dto.js';
import type { StatusDto } from './status.dto.js';

/** What the reasons follow from. */
export type StatusFacts = Omit<StatusDto, 'state' | 'fault' | 'reasons'>;

export interface StatusContext {
  readonly settings: Pick<Settings, 'REQUEST_DEADLINE_MS' | 'MAX_PENDING_UPDATES' | 'MAX_PENDING_BYTES'>;
  /** Who sends the most requests now; undefined when no caller sent any. */
  readonly busiest: BusiestCaller | undefined;
  /** A sentence for each part of the service that is not ready. */
  readonly notReady: Readonly<Record<string, string>>;
}

/** Updates of callers who wait for this share of their time are late. */
const LATE_SHARE = 0.25;

/** From this share of a caller's time on, a call to the vendor is slow. */
const SLOW_CALL_SHARE = 0.05;

export type Found = StatusReasonDto | undefined;

/** Every reason is one row: how serious, who has to act, what is the case, what to do. */
export const reason = (
  code: ReasonCode,
  [state, fault]: readonly [Exclude<State, 'ok'>, Fault],
  detail: string,
  action: string,
): StatusReasonDto => ({ code, state, fault, detail, action });

/** Whether callers wait for so long that they notice. */
export function isLate({ pending }: StatusFacts, { settings }: StatusContext): boolean {
  return pending.interactive.oldestSeconds * 1000 >= settings.REQUEST_DEADLINE_MS * LATE_SHARE;
}

/** Whether the vendor itself makes callers wait. */
export function isVendorSlow({ vendor }: StatusFacts, { settings }: StatusContext): boolean {
  return vendor.callMs >= settings.REQUEST_DEADLINE_MS * SLOW_CALL_SHARE;
}

/** Whether updates wait for calls: none is left, or the pace that spreads them over the minute is what callers wait for. */
export function isShortOfCalls(facts: StatusFacts, context: StatusContext): boolean {
  const { callsLeft, nextCallInMs, learnedCallsPerMinute } = facts.vendor;
  if (callsLeft === null) return false;
  return callsLeft === 0 || (nextCallInMs > 0 && learnedCallsPerMinute === null && isLate(facts, context));
}
