import { type FaultInput, type JournalCall, type LedgerRow, SandboxClient } from '../../sandbox/index.js';
import { type ChildProgram, listeningAt, startProgram } from './child-program.js';
import { SANDBOX_KEY, SANDBOX_PASSWORD, SANDBOX_SECRET } from './sandbox-credentials.js';
import { until } from './until.js';

export type { JournalCall };

/** The imitated vendor in its own process, and its controls for tests. */
export interface Sandbox {
  readonly url: string;
  readonly program: ChildProgram;
  /** The client of the package, for what this interface has no shorter name for. */
  readonly client: SandboxClient;
  /** Takes a fault from a table of cases, where its kind is a plain text; the sandbox refuses a wrong one. */
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
  ledger(): Promise<LedgerRow[]>;
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
  const client = new SandboxClient(base);
  const calls = async (kind: JournalCall['kind']): Promise<JournalCall[]> =>
    (await client.journal({ kind })).filter(({ answeredStatus }) => answeredStatus !== 401);
  return {
    url: base,
    program,
    client,
    fault: async (fault) => void (await client.addFaults(fault as unknown as FaultInput)),
    set: async (settings) => void (await client.changeSettings(settings)),
    reset: () => client.reset(),
    expireTokens: async () => void (await client.expireTokens()),
    customer: (identifier) => client.customer(identifier),
    customers: () => client.customers(),
    calls,
    forgetCalls: () => client.clearJournal(),
    called: async () => void (await until(async () => (await calls('bulk')).length > 0)),
    ledger: () => client.ledger(),
    points: async () => (await client.ledger()).map((credit) => credit.points),
    stop: async () => void (await program.stop()),
  };
}
