import { CustomerStore } from './customer-store.ts';
import { FaultBoard } from './fault-board.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { Pace } from './pace.ts';
import { RunningCustomers } from './running-customers.ts';
import { seedCustomers } from './seed.ts';
import { defaultSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { Tokens } from './tokens.ts';

export interface Credentials {
  key: string;
  secret: string;
  till: string;
  password: string;
}

/** Everything that a reset brings back to the seed. */
export interface SandboxState {
  settings: Settings;
  customers: CustomerStore;
  ledger: Ledger;
  journal: Journal;
  faults: FaultBoard;
  tokens: Tokens;
  pace: Pace;
  running: RunningCustomers;
  /** Counts results, so that `mixed` can take turns. */
  resultsWritten: number;
}

/** Calls keep the state they began with: one that is still open at a reset leaves no trace in the new state. */
export interface Sandbox {
  state: SandboxState;
  readonly credentials: Credentials;
}

export function freshState(): SandboxState {
  const customers = new CustomerStore();
  seedCustomers(customers);
  return {
    settings: defaultSettings(),
    customers,
    ledger: new Ledger(),
    journal: new Journal(),
    faults: new FaultBoard(),
    tokens: new Tokens(),
    pace: new Pace(),
    running: new RunningCustomers(),
    resultsWritten: 0,
  };
}
