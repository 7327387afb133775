import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { EventLog } from '../../observability/event-log.js';
import { AuthorizedHttp } from '../authorized-http.js';
import type { CallFailure } from '../call-result.js';
import { classifyFailure, parseJson } from '../classify-answer.js';
import { cleanerOf } from '../clean-message.js';
import type { Route } from '../route.js';
import type { Exchange, HttpCall } from '../vendor-http.js';
import { vendorUrl } from '../vendor-url.js';
import { type ChildrenPage, readChildrenPage } from './read-children.js';

/**
 * The vendor lists children at this path, whatever the path of bulk updates. Source: docs/vendor-contract.md section 7.
 */
const CHILDREN_PATH = '/v2/customers/bulk';

/** Selects the customers below a parent, or those of a company. Source: docs/vendor-contract.md section 7. */
export interface ChildrenQuery {
  readonly above:
    | {
        readonly type: 'parentCustomer';
        readonly identifier: { readonly type: string; readonly value: string };
      }
    | { readonly type: 'company'; readonly externalId: string };
  readonly limit: number;
  readonly offset: number;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly includeNoOfChildren?: boolean | undefined;
  readonly includeCustomerAssociateDetail?: boolean | undefined;
}

export type ChildrenResult = { readonly kind: 'page'; readonly page: ChildrenPage } | CallFailure;

function searchParameters({ source, accountId }: Route, query: ChildrenQuery): URLSearchParams {
  const { above, limit, offset, ...options } = query;
  const { type, value } =
    above.type === 'company' ? { type: 'externalId', value: above.externalId } : above.identifier;
  const parameters = new URLSearchParams({ source });
  if (accountId !== undefined) parameters.set('accountId', accountId);
  parameters.set('associationEntityType', above.type);
  parameters.set('associationEntityIdentifierType', type);
  parameters.set('associationEntityIdentifierValue', value);
  parameters.set('limit', String(limit));
  parameters.set('offset', String(offset));
  for (const [name, option] of Object.entries(options)) {
    if (option !== undefined) parameters.set(name, String(option));
  }
  return parameters;
}

/** Lists the customers below a parent or a company. Each attempt returns a `ChildrenResult` and never throws. */
@Injectable()
export class ChildrenClient {
  constructor(
    private readonly http: AuthorizedHttp,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /** @param until aborted when the result is no longer wanted */
  async list(
    route: Route,
    query: ChildrenQuery,
    { attempt, until }: { attempt: number; until: AbortSignal },
  ): Promise<ChildrenResult> {
    const startedAt = Date.now();
    const url = vendorUrl(this.settings, CHILDREN_PATH);
    url.search = searchParameters(route, query).toString();
    const call: HttpCall = { method: 'GET', url: url.href, headers: { Accept: 'application/json' } };
    const exchange = await this.http.exchange(call, { until });
    const result = this.read(exchange, query);
    this.log.write(result.kind === 'page' ? 'info' : 'warn', 'children-call.answered', {
      source: route.source,
      attempt,
      status: exchange.kind === 'answer' ? exchange.status : undefined,
      upstreamRequestId: exchange.kind === 'answer' ? exchange.upstreamRequestId : undefined,
      durationMs: Date.now() - startedAt,
      ...(result.kind === 'page'
        ? { itemCount: result.page.customers.length }
        : { because: `${result.kind}: ${result.reason}` }),
    });
    return result;
  }

  private read(exchange: Exchange, { above }: ChildrenQuery): ChildrenResult {
    if (exchange.kind !== 'answer') return exchange;
    const read = readChildrenPage(parseJson(exchange.body));
    if ('page' in read && exchange.status < 300) return { kind: 'page', page: read.page };
    const clean = cleanerOf([above.type === 'company' ? above.externalId : above.identifier.value]);
    return classifyFailure(exchange, 'errors' in read ? read.errors : undefined, clean, Date.now());
  }
}
