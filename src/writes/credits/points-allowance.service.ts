import { Injectable } from '@nestjs/common';
import type { Outcome } from '../../delivery/outcome.js';
import type { Update } from '../../delivery/update.js';
import { EventLog } from '../../observability/event-log.js';
import { type Principal, principalId } from '../../security/principal.js';
import type { Queryable } from '../../database/database.js';
import { PointsOfDayRepository } from '../../records/points-of-day.repository.js';
import { Problem } from '../../problems/problem.js';

/** How many points updates credit in all. */
export function pointsOf(updates: readonly Update[]): number {
  return updates.reduce((sum, { credit }) => sum + (credit?.points ?? 0), 0);
}

/**
 * Limits the points that a principal credits in a day. Points count before they are sent: whatever happens then, no more
 * are credited than allowed.
 */
@Injectable()
export class PointsAllowance {
  constructor(
    private readonly counted: PointsOfDayRepository,
    private readonly log: EventLog,
  ) {}

  /**
   * Counts points before they are sent.
   *
   * @returns the day that they count for; undefined where the principal has no limit, or there are no points
   * @throws Problem `points-limit`
   */
  async count(principal: Principal, points: number, tx?: Queryable): Promise<string | undefined> {
    const { maxPointsPerDay } = principal;
    if (maxPointsPerDay === undefined || points === 0) return undefined;
    const counted = await this.counted.count(principalId(principal), points, maxPointsPerDay, tx);
    if (counted.kind === 'counted') return counted.day;
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
  async giveBack(
    principal: Principal,
    day: string | undefined,
    updates: readonly Update[],
    outcomes: readonly Outcome[],
  ): Promise<void> {
    if (day === undefined) return;
    const notCredited = updates.filter(
      (_update, index) => !['updated', 'unknown'].includes(outcomes[index]?.outcome ?? ''),
    );
    const points = pointsOf(notCredited);
    if (points === 0) return;
    try {
      await this.counted.giveBack(principalId(principal), day, points);
    } catch (error) {
      this.log.fault('points.not-given-back', error); // the principal may credit less today
    }
  }
}
