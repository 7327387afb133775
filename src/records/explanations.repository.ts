import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database } from '../database/database.js';

/** What became of one or more updates of one request, which went the same way. */
export interface ExplanationRow {
  readonly submittedAt: Date;
  readonly principal: string | null;
  readonly outcome: string;
  readonly updateIds: readonly string[];
  /** The other ids by which it is found. */
  readonly foundBy: readonly string[];
  /** What the updates share, as JSON. */
  readonly explanation: string;
}

/** Which rows to list. */
export interface RowFilter {
  /** The only principal; undefined for all. */
  readonly owner: string | undefined;
  readonly outcome?: string | undefined;
  readonly limit: number;
}

/** A list with a filter reads no more than this many of the latest rows, so that its cost is bounded. */
const LISTED_ROWS = 10_000;

/** Rows that one statement removes. */
const ROWS_PER_STATEMENT = 5000;

const COLUMNS = `submitted_at as "submittedAt", principal, outcome, update_ids as "updateIds",
  found_by as "foundBy", explanation`;

/** The condition that a row is not due for removal. $1 is the retention in milliseconds. */
const IS_KEPT = `submitted_at > now() - $1::float8 * interval '1 millisecond'`;

/** Stores explanations of updates, and finds them by any of their ids. Rows are never changed. */
@Injectable()
export class ExplanationsRepository {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  get isDatabaseAvailable(): boolean {
    return this.database.whyUnavailable() === undefined;
  }

  /** Stores rows in one statement that no caller waits for. */
  async store(rows: readonly ExplanationRow[]): Promise<void> {
    await this.database.background.query(
      `insert into meniscus.explanations (submitted_at, principal, outcome, update_ids, found_by, explanation)
       select "submittedAt", principal, outcome, "updateIds", "foundBy", explanation
       from json_to_recordset($1::json) as new("submittedAt" timestamptz, principal text, outcome text,
         "updateIds" text[], "foundBy" text[], explanation text)`,
      [JSON.stringify(rows)],
    );
  }

  /** Finds the rows with this id, the latest first. */
  async find(id: string, { owner, outcome, limit }: RowFilter): Promise<ExplanationRow[]> {
    // PostgreSQL refuses a text with this character, so no id has it.
    if (id.includes('\0')) return [];
    const { rows } = await this.database.query<ExplanationRow>(
      `select ${COLUMNS} from meniscus.explanations
       where ${IS_KEPT} and (update_ids || found_by) @> array[$2::text]
         and ($3::text is null or principal = $3) and ($4::text is null or outcome = $4)
       order by key desc limit $5`,
      [this.settings.EXPLANATION_RETENTION_MS, id, owner ?? null, outcome ?? null, limit],
    );
    return rows;
  }

  /** Lists the latest rows. */
  async latest({ owner, outcome, limit }: RowFilter): Promise<ExplanationRow[]> {
    const { rows } = await this.database.query<ExplanationRow>(
      `select ${COLUMNS} from
         (select * from meniscus.explanations order by key desc limit ${LISTED_ROWS}) as latest
       where ${IS_KEPT} and ($2::text is null or principal = $2) and ($3::text is null or outcome = $3)
       order by key desc limit $4`,
      [this.settings.EXPLANATION_RETENTION_MS, owner ?? null, outcome ?? null, limit],
    );
    return rows;
  }

  /**
   * Removes some of the oldest rows, if they are expired or beyond the bound.
   *
   * @returns how many were removed; fewer than `ROWS_PER_STATEMENT` if no more are due
   */
  async removeDue(): Promise<{ readonly removed: number; readonly areMoreDue: boolean }> {
    const { EXPLANATION_RETENTION_MS, EXPLANATION_MAX_ROWS } = this.settings;
    // Keys have hardly any gaps, so the highest one shows how many rows there are.
    const { rowCount: removed } = await this.database.background.query(
      `delete from meniscus.explanations
       where key in (select key from meniscus.explanations order by key limit ${ROWS_PER_STATEMENT})
         and (not (${IS_KEPT}) or key <= (select max(key) from meniscus.explanations) - $2::bigint)`,
      [EXPLANATION_RETENTION_MS, EXPLANATION_MAX_ROWS],
    );
    return { removed, areMoreDue: removed === ROWS_PER_STATEMENT };
  }
}
