import type { EventLog } from '../../observability/event-log.js';
import type { Database } from '../database.js';
import { DatabaseUnavailable } from '../database-errors.js';

/** PGlite has neither checkpoints nor vacuum of its own: without them its log grew to 1.6 GB, and opening took 10 s. */
const CHECKPOINT_BYTES = 64_000_000;
const LOOK_EVERY_MS = 5000;
const VACUUM_EVERY_LOOKS = 12;

const LOG_BYTES = `
  select (pg_current_wal_insert_lsn() - redo_lsn)::float8 as bytes from pg_control_checkpoint()`;

/** The rule of PostgreSQL's own autovacuum: a fifth of the rows, and enough to be worth it. */
const TABLES_TO_VACUUM = `
  select format('%I.%I', s.schemaname, s.relname) as name
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
  where s.n_dead_tup > 1000 + 0.2 * greatest(c.reltuples, 0)`;

/** Does for the embedded home what a server does by itself. Each statement waits its turn, so callers go in between. */
export class EmbeddedUpkeep {
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;

  constructor(
    private readonly database: Database,
    private readonly log: Pick<EventLog, 'fault'>,
  ) {}

  start(): void {
    this.timer = setTimeout(() => void this.run(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  async look(): Promise<void> {
    const { background } = this.database;
    const { rows } = await background.query<{ bytes: number }>(LOG_BYTES);
    if ((rows[0]?.bytes ?? 0) > CHECKPOINT_BYTES) await background.query('checkpoint');
    this.looks += 1;
    if (this.looks % VACUUM_EVERY_LOOKS === 0) await this.vacuum();
  }

  async vacuum(): Promise<void> {
    const { background } = this.database;
    const { rows } = await background.query<{ name: string }>(TABLES_TO_VACUUM);
    for (const { name } of rows) {
      // oxlint-disable-next-line no-await-in-loop -- one table, then whoever waits, then the next
      await background.query(`vacuum (analyze) ${name}`);
    }
  }

  private async run(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // While the database is lost, that has been told already.
      if (!(error instanceof DatabaseUnavailable)) this.log.fault('storage.upkeep-failed', error);
    }
    if (this.timer) this.start();
  }
}
