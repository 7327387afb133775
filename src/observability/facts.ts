/**
 * The fields of an event. Nothing else can be logged, which keeps names, numbers, addresses and tokens out of the log:
 * there is no field for them.
 */
export interface Facts {
  readonly upstreamRequestId?: string | undefined;
  readonly source?: string;
  readonly callId?: string;
  /** The exported trace of a bulk call; lines of a request have its own trace. */
  readonly traceId?: string | undefined;
  readonly attempt?: number;
  /** Whether a bulk call was a step of an isolation. */
  readonly isIsolation?: true;
  readonly status?: number | undefined;
  /** The vendor's codes. */
  readonly codes?: readonly number[];
  /** The reason, a fixed word of ours. */
  readonly because?: string;
  readonly updateId?: string | undefined;
  /** Ids of updates of a call, ten at most; `itemCount` is how many there are. */
  readonly updateIds?: readonly string[];
  /** Ids of calls that carried the updates of a request, ten at most. */
  readonly callIds?: readonly string[];
  readonly creditId?: string;
  readonly itemCount?: number;
  /** Hashes of identifiers, ten at most. */
  readonly customers?: readonly string[];
  readonly keyCount?: number;
  /** Ids of keys of DATA_KEYS, which reveal nothing of the keys. */
  readonly keyIds?: readonly string[];
  /** Mistakes in a file of the operator, in sentences of ours that quote nothing of it. */
  readonly mistakes?: readonly string[];
  readonly importId?: string;
  readonly erasureId?: string;
  readonly callsPerMinute?: number;
  /** Most updates that a call may carry. */
  readonly batchSize?: number;
  readonly updated?: number;
  readonly rejected?: number;
  readonly failed?: number;
  readonly unknown?: number;
  readonly mistakeCount?: number;
  /** Lines that no reader took in time. */
  readonly lostCount?: number;
  readonly bodyBytes?: number;
  readonly durationMs?: number;
  readonly waitMs?: number;
  readonly ttlMs?: number;
  /** `postgres` or `embedded`. */
  readonly driver?: string;
  readonly version?: string;
  /** Names of migrations. */
  readonly migrations?: readonly string[];
  readonly problem?: string;
  readonly url?: string;
}

const FACTS = {
  upstreamRequestId: true,
  source: true,
  callId: true,
  traceId: true,
  attempt: true,
  isIsolation: true,
  status: true,
  codes: true,
  because: true,
  updateId: true,
  updateIds: true,
  callIds: true,
  creditId: true,
  itemCount: true,
  customers: true,
  keyCount: true,
  mistakes: true,
  importId: true,
  keyIds: true,
  erasureId: true,
  callsPerMinute: true,
  batchSize: true,
  updated: true,
  rejected: true,
  failed: true,
  unknown: true,
  mistakeCount: true,
  lostCount: true,
  bodyBytes: true,
  durationMs: true,
  waitMs: true,
  ttlMs: true,
  driver: true,
  version: true,
  migrations: true,
  problem: true,
  url: true,
} satisfies Record<keyof Facts, true>;

/** Fields of a line beside facts: the event, a fault, and the fields of lines of requests and of the framework. */
const OTHER_FIELDS = ['event', 'fault', 'err', 'context', 'method', 'endpoint', 'requestId', 'principal'];

/** The allowed fields of a line in the log, except pino's own. */
export const LOGGED_KEYS: ReadonlySet<string> = new Set([...Object.keys(FACTS), ...OTHER_FIELDS]);
