import { Injectable } from '@nestjs/common';
import type { Outcome } from '../../delivery/outcome.js';
import type { Update } from '../../delivery/update.js';
import { EventLog } from '../../observability/event-log.js';
import { type Principal, principalId } from '../../security/principal.js';
import type { Queryable } from '../../database/database.js';
import { PointsOfDayRepository } from '../../records/points-of-day.repository.js';
import { ProblemException } from '../../problems/problem.js';
import { PROBLEM_PAGES } from '../../problems/problem-catalog.js';

const pointsOf = (updates: readonly Update[]): number =>
  updates.reduce((sum, { points = 0 }) => sum + points, 0);

/**
 * What a principal may credit in a day, where it is bounded. Points count before they are sent: whatever happens then,
 * no more are credited than may be.
 */
@Injectable()
export class PointsAllowance {
  constructor(
    private readonly counted: PointsOfDayRepository,
    private readonly log: EventLog,
  ) {}

  /**
   * Sends updates whose points fit into the day, and counts those no more that certainly were not credited.
   *
   * @param send answers one outcome for each update, or none where nothing was sent
   * @throws ProblemException `points-limit`, and nothing is sent
   */
  async spend(
    principal: Principal,
    updates: readonly Update[],
    send: () => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> {
    const points = pointsOf(updates);
    const day = await this.count(principal, points);
    const outcomes = await send();
    if (day === undefined) return outcomes;
    const credited = updates.filter((_update, index) =>
      ['updated', 'unknown'].includes(outcomes[index]?.outcome ?? ''),
    );
    await this.giveBack(principal, day, points - pointsOf(credited));
    return outcomes;
  }

  /**
   * Counts points.
   *
   * @returns the day that they count for; undefined where the principal may credit as many as it likes, or none are asked for
   * @throws ProblemException `points-limit`
   */
  async count(principal: Principal, points: number, tx?: Queryable): Promise<string | undefined> {
    const { maxPointsPerDay } = principal;
    if (maxPointsPerDay === undefined || points === 0) return undefined;
    const counted = await this.counted.count(principalId(principal), points, maxPointsPerDay, tx);
    if (counted.kind === 'counted') return counted.day;
    throw new ProblemException('points-limit', PROBLEM_PAGES['points-limit'].explanation, {
      pointsLeft: counted.left,
      dayEndsAt: counted.dayEndsAt.toISOString(),
    });
  }

  private async giveBack(principal: Principal, day: string, points: number): Promise<void> {
    if (points === 0) return;
    try {
      await this.counted.giveBack(principalId(principal), day, points);
    } catch (error) {
      this.log.fault('points.not-given-back', error); // the principal may credit less today
    }
  }
}
