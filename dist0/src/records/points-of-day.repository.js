var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
/** Caps the limit, so that it fits into a bigint of the database. */
const MAX_POINTS = Number.MAX_SAFE_INTEGER;
/** The day by the database's clock, in UTC. */
export const TODAY = `(now() at time zone 'UTC')::date`;
/** The points of the row that count today: an earlier day does not count, so each principal needs only one row. */
const SO_FAR = `case when p.day < ${TODAY} then 0 else p.points end`;
/**
 * Builds the statement that subtracts the points of lines of an import, if it is counted.
 *
 * @param lines a query for the `points` of the lines; $1 is the import
 */
export function givingBack(lines) {
    return `update meniscus.points_of_day d set points = greatest(0, d.points - back.points)
    from meniscus.imports i, (select coalesce(sum(points), 0) as points from (${lines}) as l) back
    where i.id = $1 and d.principal = i.principal and d.day = i.points_day`;
}
/** Counts the points that each principal has requested on its latest day, in UTC, over all processes. */
let PointsOfDayRepository = class PointsOfDayRepository {
    database;
    constructor(database) {
        this.database = database;
    }
    /**
     * Counts points: all or none of them.
     *
     * @param most the points that the principal may credit in a day
     */
    async count(principal, points, most, to = this.database) {
        const limit = Math.min(Math.floor(most), MAX_POINTS);
        if (points <= limit) {
            const { rows } = await to.query(`insert into meniscus.points_of_day as p (principal, day, points)
         values ($1, ${TODAY}, $2::bigint)
         on conflict (principal) do update set points = ${SO_FAR} + excluded.points, day = greatest(p.day, excluded.day)
           where ${SO_FAR} + excluded.points <= $3::bigint
         returning day::text as day`, [principal, points, limit]);
            if (rows[0])
                return { kind: 'counted', day: rows[0].day };
        }
        const { rows } = await to.query(`select coalesce((select ${SO_FAR} from meniscus.points_of_day p where principal = $1), 0) as "soFar",
         (${TODAY} + 1)::timestamp at time zone 'UTC' as "dayEndsAt"`, [principal]);
        const { soFar = 0, dayEndsAt = new Date() } = rows[0] ?? {};
        return { kind: 'beyond', left: Math.max(0, limit - soFar), dayEndsAt };
    }
    /** Subtracts points that were certainly not credited, if the day is still the principal's latest. */
    async giveBack(principal, day, points) {
        await this.database.query(`update meniscus.points_of_day set points = greatest(0, points - $3::bigint) where principal = $1 and day = $2::date`, [principal, day, points]);
    }
};
PointsOfDayRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database])
], PointsOfDayRepository);
export { PointsOfDayRepository };
//# sourceMappingURL=points-of-day.repository.js.map