import type { WireIdentifier } from './wire.ts';

/** One credit of points. A call that is sent twice adds two rows, which is how tests find double credits. */
export interface LedgerRow {
  callId: string;
  at: string;
  source: string;
  accountId: string | null;
  customerId: number;
  identifiers: WireIdentifier[];
  programId: number;
  points: number;
}

export class Ledger {
  readonly rows: LedgerRow[] = [];

  credit(row: LedgerRow): void {
    this.rows.push(row);
  }

  total(): number {
    return this.rows.reduce((sum, row) => sum + row.points, 0);
  }
}
