import { DatabaseUnavailable, databaseError } from './database-errors.js';
/** Tracks whether the database can be reached, and logs each change once. */
export class Availability {
    log;
    lost;
    constructor(log) {
        this.log = log;
    }
    get isLost() {
        return this.lost !== undefined;
    }
    /** A fixed word, an SQLSTATE or an error code; undefined while the database can be reached. */
    get lostBecause() {
        return this.lost?.because;
    }
    markLost(cause) {
        if (this.lost)
            return;
        const error = databaseError(cause);
        const because = error instanceof DatabaseUnavailable ? error.because : error.code;
        this.lost = { because, at: performance.now() };
        this.log.write('error', 'database.lost', { because });
    }
    markAvailable() {
        if (!this.lost)
            return;
        this.log.write('info', 'database.recovered', {
            durationMs: Math.round(performance.now() - this.lost.at),
        });
        this.lost = undefined;
    }
    /** @throws DatabaseUnavailable at once while the database is known to be lost, instead of after a connect timeout */
    assertAvailable() {
        if (this.lost)
            throw new DatabaseUnavailable(this.lost.because);
    }
}
//# sourceMappingURL=availability.js.map