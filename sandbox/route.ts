import { issue } from './issues.ts';
import type { Refusal } from './issues.ts';

/** The scope of customers: an identifier of another source or account finds none. */
export interface Route {
  source: string;
  accountId: string | null;
}

/** docs/vendor-contract.md section 1. */
const sources = new Set([
  'FACEBOOK',
  'WEB_ENGAGE',
  'WECHAT',
  'INSTORE',
  'MARTJACK',
  'TMALL',
  'TAOBAO',
  'JD',
  'ECOMMERCE',
  'WEBSITE',
  'LINE',
  'ALL',
]);
const sourcesWithAccounts = new Set(['WECHAT', 'FACEBOOK', 'WEB_ENGAGE', 'LINE']);

/** Describes what is wrong with a source and its account, for the vendor API and the admin API. */
export function routeProblem(source: string | null, accountId: string | null): string | null {
  if (source === null || !sources.has(source)) return `source must be one of ${[...sources].join(', ')}`;
  if (sourcesWithAccounts.has(source) && !accountId) return `accountId is required for source ${source}`;
  return null;
}

export function readRoute(query: URLSearchParams): Route {
  return { source: query.get('source') ?? '', accountId: query.get('accountId') || null };
}

export function refuseRoute(query: URLSearchParams): Refusal | null {
  const { source, accountId } = readRoute(query);
  const problem = routeProblem(source, accountId);
  if (problem === null) return null;
  return { status: 400, issue: issue(sources.has(source) ? 8011 : 400, problem) };
}
