import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { MetricsText } from '../observability/metrics/exposition.js';
import { LastReading } from '../observability/metrics/last-reading.js';
import { Metrics } from '../observability/metrics/metrics.js';
import type { ImportState } from './import-state.js';

/** Several scrapes within this time cost one reading of the database. */
const FRESH_MS = 5000;
/** A scrape is answered even while the database hangs; Prometheus waits for 10 s. */
const WAIT_MS = 1000;

interface Figures {
  readonly creditCount: number;
  readonly oldestCreditSeconds: number;
  readonly imports: Partial<Record<ImportState, number>>;
}

const IMPORT_STATES: readonly ImportState[] = [
  'uploading',
  'queued',
  'running',
  'paused',
  'cancelling',
  'cancelled',
  'completed',
];

/** Provides the metrics of what is stored: credits in doubt, and imports. */
@Injectable()
export class StoredFigures implements OnModuleInit {
  private readonly reading: LastReading<Figures>;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly text: MetricsText,
  ) {
    this.reading = new LastReading(() => this.read(), { freshMs: FRESH_MS, waitMs: WAIT_MS });
  }

  onModuleInit(): void {
    const { metrics, reading, database } = this;
    this.text.beforeScrape(() => reading.refresh());
    const isUp = (): boolean => reading.isCurrent && database.whyUnavailable() === undefined;
    metrics.readOne('meniscus_database_up', () => (isUp() ? 1 : 0));
    metrics.read('meniscus_credits_in_doubt', () =>
      reading.value ? [{ labels: {}, value: reading.value.creditCount }] : [],
    );
    metrics.read('meniscus_oldest_credit_in_doubt_age_seconds', () =>
      reading.value ? [{ labels: {}, value: reading.value.oldestCreditSeconds }] : [],
    );
    metrics.read('meniscus_imports', () => {
      const { imports } = reading.value ?? {};
      return imports ? IMPORT_STATES.map((state) => ({ labels: { state }, value: imports[state] ?? 0 })) : [];
    });
  }

  private async read(): Promise<Figures> {
    const { background } = this.database;
    const [credits, imports] = await Promise.all([
      background.query<{ count: number; age: number | null }>(
        `select count(*)::int as count, extract(epoch from now() - min(created_at))::float8 as age
         from meniscus.credits where state = 'unknown'`,
      ),
      background.query<{ state: ImportState; count: number }>(
        'select state, count(*)::int as count from meniscus.imports group by state',
      ),
    ]);
    return {
      creditCount: credits.rows[0]?.count ?? 0,
      oldestCreditSeconds: credits.rows[0]?.age ?? 0,
      imports: Object.fromEntries(imports.rows.map(({ state, count }) => [state, count])),
    };
  }
}
