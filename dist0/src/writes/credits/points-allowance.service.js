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
import { EventLog } from '../../observability/event-log.js';
import { principalId } from '../../security/principal.js';
import { PointsOfDayRepository } from '../../records/points-of-day.repository.js';
import { Problem } from '../../problems/problem.js';
/** How many points updates credit in all. */
export function pointsOf(updates) {
    return updates.reduce((sum, { credit }) => sum + (credit?.points ?? 0), 0);
}
/**
 * Limits the points that a principal credits in a day. Points count before they are sent: whatever happens then, no more
 * are credited than allowed.
 */
let PointsAllowance = class PointsAllowance {
    counted;
    log;
    constructor(counted, log) {
        this.counted = counted;
        this.log = log;
    }
    /**
     * Counts points before they are sent.
     *
     * @returns the day that they count for; undefined where the principal has no limit, or there are no points
     * @throws Problem `points-limit`
     */
    async count(principal, points, tx) {
        const { maxPointsPerDay } = principal;
        if (maxPointsPerDay === undefined || points === 0)
            return undefined;
        const counted = await this.counted.count(principalId(principal), points, maxPointsPerDay, tx);
        if (counted.kind === 'counted')
            return counted.day;
        throw new Problem('points-limit', {
            pointsLeft: counted.left,
            dayEndsAt: counted.dayEndsAt.toISOString(),
        });
    }
    /**
     * Gives back the points that certainly were not credited.
     *
     * @param day as `count` returned it
     * @param outcomes one for each update, or none where nothing was sent
     */
    async giveBack(principal, day, updates, outcomes) {
        if (day === undefined)
            return;
        const notCredited = updates.filter((_update, index) => !['updated', 'unknown'].includes(outcomes[index]?.outcome ?? ''));
        const points = pointsOf(notCredited);
        if (points === 0)
            return;
        try {
            await this.counted.giveBack(principalId(principal), day, points);
        }
        catch (error) {
            this.log.fault('points.not-given-back', error); // the principal may credit less today
        }
    }
};
PointsAllowance = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [PointsOfDayRepository,
        EventLog])
], PointsAllowance);
export { PointsAllowance };
//# sourceMappingURL=points-allowance.service.js.map