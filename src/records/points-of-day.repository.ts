import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';

/** Whether points are counted, and else how many more could be, until when. */
export type Counted =
  | { readonly kind: 'counted'; /** In UTC, as 2027-01-31. */ readonly day: string }
  | { readonly kind: 'beyond'; readonly left: number; readonly dayEndsAt: Date };

/** Any of these that is larger is larger than all that the database counts. */
const MOST = Number.MAX_SAFE_INTEGER;

/** The day by the database's clock, in UTC. */
export const TODAY = `(now() at time zone 'UTC')::date`;

/** What of the row counts today: a day that is over counts no more, so one row of each principal is enough. */
const SO_FAR = `case when p.day < ${TODAY} then 0 else p.points end`;

/**
 * Gives back what the lines of an import count, where it is counted.
 *
 * @param lines a query for the `points` of these lines; $1 is the import
 */
export function givingBack(lines: string): string {
  return `update meniscus.points_of_day d set points = greatest(0, d.points - back.points)
    from meniscus.imports i, (select coalesce(sum(points), 0) as points from (${lines}) as l) back
    where i.id = $1 and d.principal = i.principal and d.day = i.points_day`;
}

/** The points that each principal has asked to credit in its latest day, in UTC, whichever process it asked. */
@Injectable()
export class PointsOfDayRepository {
  constructor(private readonly database: Database) {}

  /**
   * Counts points, all or none of them.
   *
   * @param most that the principal may credit in a day
   */
  async count(
    principal: string,
    points: number,
    most: number,
    to: Queryable = this.database,
  ): Promise<Counted> {
    const limit = Math.min(Math.floor(most), MOST);
    if (points <= limit) {
      const { rows } = await to.query<{ day: string }>(
        `insert into meniscus.points_of_day as p (principal, day, points)
         values ($1, ${TODAY}, $2::bigint)
         on conflict (principal) do update set points = ${SO_FAR} + excluded.points, day = greatest(p.day, excluded.day)
           where ${SO_FAR} + excluded.points <= $3::bigint
         returning day::text as day`,
        [principal, points, limit],
      );
      if (rows[0]) return { kind: 'counted', day: rows[0].day };
    }
    const { rows } = await to.query<{ soFar: number; dayEndsAt: Date }>(
      `select coalesce((select ${SO_FAR} from meniscus.points_of_day p where principal = $1), 0) as "soFar",
         (${TODAY} + 1)::timestamp at time zone 'UTC' as "dayEndsAt"`,
      [principal],
    );
    const { soFar = 0, dayEndsAt = new Date() } = rows[0] ?? {};
    return { kind: 'beyond', left: Math.max(0, limit - soFar), dayEndsAt };
  }

  /** Counts points of that day no more, where it is still the latest: they were certainly not credited. */
  async giveBack(principal: string, day: string, points: number): Promise<void> {
    await this.database.query(
      `update meniscus.points_of_day set points = greatest(0, points - $3::bigint) where principal = $1 and day = $2::date`,
      [principal, day, points],
    );
  }
}
