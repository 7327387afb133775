import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { MetricsText } from '../observability/metrics/exposition.js';
import { LastReading } from '../observability/metrics/last-reading.js';
import { Metrics } from '../observability/metrics/metrics.js';
import type { ImportState } from './import-state.js';
import { InstancesRepository, type SeenInstance } from './instances.repository.js';
import type { ImportKind, WaitingFor } from './stored-import.js';

/** Several scrapes, and people who look, within this time cost one reading of the database. */
const FRESH_MS = 5000;
/** A reader is answered even while the database hangs; Prometheus waits for 10 s. */
const WAIT_MS = 1000;

/** Bounds the imports in progress that are listed. */
const MAX_LISTED_IMPORTS = 20;

/** An import that has not ended. */
export interface OpenImport {
  readonly id: string;
  readonly kind: ImportKind;
  readonly state: ImportState;
  readonly waitingFor: WaitingFor | null;
  readonly total: number;
  readonly settled: number;
  readonly createdAt: Date;
}

export interface Figures {
  readonly creditCount: number;
  readonly oldestCreditSeconds: number;
  readonly imports: Partial<Record<ImportState, number>>;
  /** The oldest first. */
  readonly openImports: readonly OpenImport[];
  readonly instances: readonly SeenInstance[];
  /** Time of a statement that does nothing. */
  readonly latencyMs: number;
  readonly readAt: Date;
}

/** What was read last, and whether the database answers. */
export interface StoredReading {
  readonly figures: Figures | undefined;
  readonly isUp: boolean;
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

/** Provides the figures of what is stored to metrics and to the status: credits in doubt, imports, instances. */
@Injectable()
export class StoredFigures implements OnModuleInit {
  private readonly reading: LastReading<Figures>;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly text: MetricsText,
    private readonly instances: InstancesRepository,
  ) {
    this.reading = new LastReading(() => this.read(), { freshMs: FRESH_MS, waitMs: WAIT_MS });
  }

  onModuleInit(): void {
    const { metrics, reading } = this;
    this.text.beforeScrape(() => reading.refresh());
    metrics.readOne('meniscus_database_up', () => (this.isUp ? 1 : 0));
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

  /** Returns the figures within a second, whatever the database does. */
  async current(): Promise<StoredReading> {
    await this.reading.refresh();
    return { figures: this.reading.value, isUp: this.isUp };
  }

  private get isUp(): boolean {
    return this.reading.isCurrent && this.database.whyUnavailable() === undefined;
  }

  private async read(): Promise<Figures> {
    const { background } = this.database;
    const startedAt = performance.now();
    await background.query('select 1');
    const latencyMs = performance.now() - startedAt;
    const [credits, imports, open, instances] = await Promise.all([
      background.query<{ count: number; age: number | null }>(
        `select count(*)::int as count, extract(epoch from now() - min(created_at))::float8 as age
         from meniscus.credits where state = 'unknown'`,
      ),
      background.query<{ state: ImportState; count: number }>(
        'select state, count(*)::int as count from meniscus.imports group by state',
      ),
      background.query<OpenImport>(
        `select id, kind, state, waiting_for as "waitingFor", total,
           updated + rejected + failed + unknown as settled, created_at as "createdAt"
         from meniscus.imports where finished_at is null and state <> 'uploading' and emptied_at is null
         order by created_at, id limit $1`,
        [MAX_LISTED_IMPORTS],
      ),
      this.instances.list(),
    ]);
    return {
      creditCount: credits.rows[0]?.count ?? 0,
      oldestCreditSeconds: credits.rows[0]?.age ?? 0,
      imports: Object.fromEntries(imports.rows.map(({ state, count }) => [state, count])),
      openImports: open.rows,
      instances,
      latencyMs,
      readAt: new Date(),
    };
  }
}
