import { type ChildProgram, listeningAt, startProgram } from './child-program.js';
import { SANDBOX_KEY, SANDBOX_PASSWORD, SANDBOX_SECRET } from './sandbox-credentials.js';
import { until } from './until.js';

export interface Credit {
  readonly callId: string;
  readonly customerId: number;
  readonly points: number;
}

/** One call to the imitated vendor, as the sandbox recorded it. */
export interface JournalCall {
  readonly id: string;
  readonly kind: 'token' | 'bulk' | 'children';
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly itemCount?: number;
  readonly body?: unknown;
  readonly answeredStatus?: number | null;
}

/** The imitated vendor in its own process, and its controls for tests. */
export interface Sandbox {
  readonly url: string;
  readonly program: ChildProgram;
  fault(fault: Record<string, unknown>): Promise<void>;
  set(settings: Record<string, unknown>): Promise<void>;
  reset(): Promise<void>;
  expireTokens(): Promise<void>;
  customer(identifier: string): Promise<Record<string, unknown> | undefined>;
  customers(): Promise<Record<string, unknown>[]>;
  /** The calls it accepted. A call answered with 401 does not count: a reset removes all tokens. */
  calls(kind: JournalCall['kind']): Promise<JournalCall[]>;
  forgetCalls(): Promise<void>;
  /** Waits for a bulk call since the start, the last reset or the last `forgetCalls`. */
  called(): Promise<void>;
  ledger(): Promise<Credit[]>;
  /** The points of all credits, in the order in which they were credited. */
  points(): Promise<number[]>;
  stop(): Promise<void>;
}

export async function startSandbox(): Promise<Sandbox> {
  const program = startProgram('sandbox/main.ts', {
    SANDBOX_PORT: '0',
    SANDBOX_KEY,
    SANDBOX_SECRET,
    SANDBOX_TILL: 'sandbox-till',
    SANDBOX_PASSWORD,
  });
  const base = await listeningAt(program, 'sandbox.listening');
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${base}/_sandbox${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox answers ${answer.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  const calls = async (kind: JournalCall['kind']): Promise<JournalCall[]> =>
    ((await ask('GET', '/journal')) as JournalCall[]).filter(
      (call) => call.kind === kind && call.answeredStatus !== 401,
    );
  const ledger = async (): Promise<Credit[]> => (await ask('GET', '/ledger')) as Credit[];
  return {
    url: base,
    program,
    fault: async (fault) => void (await ask('POST', '/faults', fault)),
    set: async (settings) => void (await ask('PATCH', '/settings', settings)),
    reset: async () => void (await ask('POST', '/reset')),
    expireTokens: async () => void (await ask('POST', '/tokens/expire')),
    customer: async (identifier) =>
      (
        (await ask('GET', `/customers?identifier=${encodeURIComponent(identifier)}`)) as Record<
          string,
          unknown
        >[]
      )[0],
    customers: async () => (await ask('GET', '/customers')) as Record<string, unknown>[],
    calls,
    forgetCalls: async () => void (await ask('DELETE', '/journal')),
    called: async () => void (await until(async () => (await calls('bulk')).length > 0)),
    ledger,
    points: async () => (await ledger()).map((credit) => credit.points),
    stop: async () => void (await program.stop()),
  };
}
