import type { SandboxState } from './state.ts';

/** What a namespace holds, in numbers. */
export interface StateSummary {
  customers: number;
  openCalls: number;
  overlaps: number;
  calls: number;
  credits: number;
  creditsTotal: number;
  faults: number;
}

export function summarize(state: SandboxState): StateSummary {
  return {
    customers: state.customers.size,
    openCalls: state.journal.openCalls,
    overlaps: state.running.overlaps,
    calls: state.journal.length,
    credits: state.ledger.rows.length,
    creditsTotal: state.ledger.total(),
    faults: state.faults.list().length,
  };
}
