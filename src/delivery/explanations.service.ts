import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import { type ExplanationRow, ExplanationsRepository } from '../records/explanations.repository.js';
import { type Explanation, Explanations, hasId, outcomeOf } from './explanation.js';
import { fromRow } from './explanation-rows.js';
import { ExplanationWriter } from './explanation-writer.service.js';
import type { Outcome } from './outcome.js';

/** How many explanations this instance keeps in memory. */
const IN_MEMORY = 10_000;

/** Which explanations to list. */
export interface ExplanationFilter {
  /** The only principal that may own them; undefined for all. */
  readonly owner: string | undefined;
  readonly limit: number;
  readonly outcome?: Outcome['outcome'] | undefined;
  /** The id of an update, a request, an import, a call, or an answer of the vendor. */
  readonly id?: string | undefined;
}

export interface FoundExplanations {
  /** The latest first. */
  readonly explanations: readonly Explanation[];
  /** Whether more updates match than are listed. */
  readonly hasMore: boolean;
  /** False if the database is lost: then there are only those that this instance has in memory. */
  readonly isComplete: boolean;
}

/** Keeps explanations of updates, in memory and in the database, and finds them again. */
@Injectable()
export class ExplanationsService {
  private readonly latest = new Explanations(IN_MEMORY);

  constructor(
    private readonly repository: ExplanationsRepository,
    private readonly writer: ExplanationWriter,
    private readonly settings: Settings,
  ) {}

  /** Adds the explanation of an update that has arrived; its steps follow. */
  add(explanation: Explanation): void {
    this.latest.add(explanation);
  }

  /** Stores the explanation of an update that has its outcome, or a late answer after it; no caller waits for that. */
  keep(explanation: Explanation): void {
    this.writer.add(explanation);
  }

  /** Returns the explanation of an update that this instance has in memory. */
  get(updateId: string): Explanation | undefined {
    return this.latest.get(updateId);
  }

  /**
   * Lists explanations. An update that this instance has in memory is found by its id without the database.
   *
   * @throws DatabaseUnavailable if an id is unknown here, and the database that may know it is lost
   */
  async find(filter: ExplanationFilter): Promise<FoundExplanations> {
    const { id, limit } = filter;
    const isWanted = this.conditionOf(filter);
    const own = id === undefined ? undefined : this.latest.get(id);
    if (own && isWanted(own)) return { explanations: [own], hasMore: false, isComplete: true };
    const inMemory = this.latest.select(isWanted, limit + 1);
    const stored = await this.stored({ ...filter, limit: limit + 1 }, inMemory.length > 0);
    const found = new Map(inMemory.map((one) => [one.id, one]));
    for (const one of (stored ?? []).flatMap((row) => updatesOf(row, id))) {
      if (!found.has(one.id)) found.set(one.id, one);
    }
    const explanations = [...found.values()].toSorted(
      (one, other) => other.submittedAt.getTime() - one.submittedAt.getTime(),
    );
    return {
      explanations: explanations.slice(0, limit),
      hasMore: explanations.length > limit,
      isComplete: stored !== undefined,
    };
  }

  /** Reads the database; undefined if it is lost, and the answer can do without it. */
  private async stored(
    { id, ...filter }: ExplanationFilter,
    isKnown: boolean,
  ): Promise<ExplanationRow[] | undefined> {
    try {
      if (id === undefined) return await this.repository.latest(filter);
      return await this.repository.find(id, filter);
    } catch (error) {
      if (error instanceof DatabaseUnavailable && (isKnown || id === undefined)) return undefined;
      throw error;
    }
  }

  private conditionOf({ id, owner, outcome }: ExplanationFilter): (one: Explanation) => boolean {
    const after = Date.now() - this.settings.EXPLANATION_RETENTION_MS;
    return (one) =>
      (owner === undefined || one.principal === owner) &&
      (id === undefined || hasId(one, id)) &&
      one.submittedAt.getTime() > after &&
      (outcome === undefined || outcomeOf(one) === outcome);
  }
}

/** Returns the updates of a row; the only one, if the id is its own and not one that it shares with the others. */
function updatesOf(row: ExplanationRow, id: string | undefined): Explanation[] {
  const all = fromRow(row);
  return id !== undefined && row.updateIds.includes(id) ? all.filter((one) => one.id === id) : all;
}
