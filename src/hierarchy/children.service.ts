import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { BACKOFF, decideRetry } from '../delivery/settle/retry-decision.js';
import type { Route } from '../delivery/update.js';
import { problemOfRead } from '../writes/to-outcome-dto.js';
import {
  ChildrenClient,
  type ChildrenQuery,
  type ChildrenResult,
} from '../upstream/reads/children.client.js';
import type { ChildrenAnswerDto } from './dto/children-answer.dto.js';
import type { ChildrenSearchDto } from './dto/children-search.dto.js';

const DEFAULT_LIMIT = 10;

function translateSearch(search: ChildrenSearchDto): ChildrenQuery {
  const { parent, company, limit = DEFAULT_LIMIT, offset = 0, ...options } = search;
  const above: ChildrenQuery['above'] = company
    ? { type: 'company', externalId: company.externalId }
    : { type: 'parentCustomer', identifier: parent?.identifier ?? { type: '', value: '' } };
  return { ...options, above, limit, offset };
}

/** Reads the customers below a parent or a company. A read changes nothing, so it is retried after every transient failure. */
@Injectable()
export class ChildrenService {
  constructor(private readonly client: ChildrenClient) {}

  /** @throws Problem if the vendor refuses the search, or does not answer before the deadline */
  async search(search: ChildrenSearchDto, route: Route, options: SubmitOptions): Promise<ChildrenAnswerDto> {
    const query = translateSearch(search);
    const result = await this.list(query, route, options);
    if (result.kind !== 'page') throw problemOfRead(result);

    const { customers, count = 0 } = result.page;
    const { limit, offset } = query;
    return {
      customers,
      // The vendor does not say whether it counts the page or all children. A count above the size of the page must be of all.
      ...(count > customers.length && { total: count }),
      ...(customers.length >= limit && { next: { offset: offset + customers.length, limit } }),
    };
  }

  private async list(query: ChildrenQuery, route: Route, options: SubmitOptions): Promise<ChildrenResult> {
    const deadline = AbortSignal.timeout(Math.max(0, Math.ceil(options.deadlineAt - performance.now())));
    const until = AbortSignal.any([options.signal, deadline]);
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.client.list(route, query, { attempt, until });
      if (result.kind === 'page' || result.kind === 'refused') return result;
      if (result.kind !== 'ambiguous' && !result.canPass) return result;
      const decision = decideRetry(
        {
          failure: result,
          attempt,
          remainingMs: until.aborted ? 0 : options.deadlineAt - performance.now(),
          isSafeToRepeat: true,
        },
        BACKOFF,
        Math.random(),
      );
      if (!decision.retry) return result;
      await sleep(decision.waitMs, undefined, { signal: until }).catch(() => undefined);
    }
  }
}
