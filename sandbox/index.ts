export { SandboxClient, SandboxError } from './client.ts';
export type { CustomerFilter, JournalCall, NamespaceInfo, StoredCustomer } from './client.ts';
export type { FaultInput } from './fault-input.ts';
export type { CallKind, Fault, FaultKind } from './faults.ts';
export type { JournalCounts, JournalFilter, UpdatesOfCustomer } from './journal-query.ts';
export type { LedgerRow } from './ledger.ts';
export type { SeedCustomer } from './seed.ts';
export type { Settings } from './settings.ts';
export type { StateSummary } from './state-summary.ts';
