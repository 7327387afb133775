import { CustomerStore } from './customer-store.ts';
import { ActiveFaults } from './active-faults.ts';
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

/** Everything that a reset replaces with the seed. */
export interface SandboxState {
  settings: Settings;
  customers: CustomerStore;
  ledger: Ledger;
  journal: Journal;
  faults: ActiveFaults;
  tokens: Tokens;
  pace: Pace;
  running: RunningCustomers;
  /** Counts results, so that `mixed` can alternate. */
  resultsWritten: number;
}

/** Returns a state with the seed. */
export function freshState(keptBodyBytes?: number): SandboxState {
  const customers = new CustomerStore();
  seedCustomers(customers);
  return {
    settings: defaultSettings(),
    customers,
    ledger: new Ledger(),
    journal: new Journal(keptBodyBytes),
    faults: new ActiveFaults(),
    tokens: new Tokens(),
    pace: new Pace(),
    running: new RunningCustomers(),
    resultsWritten: 0,
  };
}
