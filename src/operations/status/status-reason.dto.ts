import { ApiProperty } from '@nestjs/swagger';

/** From the best to the worst. */
export const STATES = ['ok', 'attention', 'degraded', 'failing'] as const;
export type State = (typeof STATES)[number];

/** Who has to act. */
export const FAULTS = ['none', 'caller', 'vendor', 'service'] as const;
export type Fault = (typeof FAULTS)[number];

const REASON_CODES = [
  'shutting-down',
  'database-down',
  'audit-not-written',
  'credentials-refused',
  'credentials-unavailable',
  'vendor-unreachable',
  'breaker-open',
  'vendor-slow',
  'pace-lowered',
  'calls-used-up',
  'updates-queued',
  'queue-full',
  'event-loop-late',
  'caller-limited',
  'caller-refused',
  'imports-waiting',
  'credits-in-doubt',
  'instance-missing',
  'log-lines-lost',
  'audit-events-lost',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** One thing that is not as it should be. */
export class StatusReasonDto {
  /** A fixed word for scripts. */
  @ApiProperty({ enum: REASON_CODES, example: 'breaker-open' })
  code: ReasonCode;

  /** How serious it is; `state` of the whole is the most serious one. */
  @ApiProperty({ enum: STATES.slice(1), example: 'failing' })
  state: Exclude<State, 'ok'>;

  /** Who has to act: the operators of this service, the vendor, a caller, or `none` where it passes or only has to be looked at. */
  @ApiProperty({ enum: FAULTS, example: 'vendor' })
  fault: Fault;

  /**
   * What is the case, in a sentence without personal data.
   * @example "Most calls to the vendor fail, so the circuit breaker lets only one through now and then."
   */
  detail: string;

  /**
   * What to do, in a sentence.
   * @example "Ask the vendor for the state of its service; updates go on by themselves when a call succeeds."
   */
  action: string;
}
