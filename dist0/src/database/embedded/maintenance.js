import { DatabaseUnavailable } from '../database-errors.js';
/** PGlite runs neither checkpoints nor autovacuum: without them its log grew to 1.6 GB, and opening took 10 s. */
const CHECKPOINT_BYTES = 64_000_000;
const CHECK_EVERY_MS = 5000;
const VACUUM_EVERY_CHECKS = 12;
const LOG_BYTES = `
  select (pg_current_wal_insert_lsn() - redo_lsn)::float8 as bytes from pg_control_checkpoint()`;
/** The rule of PostgreSQL's autovacuum: more than a fifth of the rows, and at least 1000, are dead. */
const TABLES_TO_VACUUM = `
  select format('%I.%I', s.schemaname, s.relname) as name
  from pg_stat_user_tables s join pg_class c on c.oid = s.relid
  where s.n_dead_tup > 1000 + 0.2 * greatest(c.reltuples, 0)`;
/** Runs checkpoints and vacuum for the embedded driver, which a server does by itself. Requests go in between its statements. */
export class EmbeddedMaintenance {
    database;
    log;
    timer;
    checkCount = 0;
    constructor(database, log) {
        this.database = database;
        this.log = log;
    }
    start() {
        this.timer = setTimeout(() => void this.run(), CHECK_EVERY_MS).unref();
    }
    stop() {
        clearTimeout(this.timer);
        this.timer = undefined;
    }
    async check() {
        const { background } = this.database;
        const { rows } = await background.query(LOG_BYTES);
        if ((rows[0]?.bytes ?? 0) > CHECKPOINT_BYTES)
            await background.query('checkpoint');
        this.checkCount += 1;
        if (this.checkCount % VACUUM_EVERY_CHECKS === 0)
            await this.vacuum();
    }
    async vacuum() {
        const { background } = this.database;
        const { rows } = await background.query(TABLES_TO_VACUUM);
        for (const { name } of rows) {
            // oxlint-disable-next-line no-await-in-loop -- statements of requests may run between two tables
            await background.query(`vacuum (analyze) ${name}`);
        }
    }
    async run() {
        try {
            await this.check();
        }
        catch (error) {
            // `Availability` has already logged that the database is lost.
            if (!(error instanceof DatabaseUnavailable))
                this.log.fault('database.maintenance-failed', error);
        }
        if (this.timer)
            this.start();
    }
}
//# sourceMappingURL=maintenance.js.map