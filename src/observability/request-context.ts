import { AsyncLocalStorage } from 'node:async_hooks';
import type { Facts } from './facts.js';

/** What the log knows about a request. Each of its lines names the ids and the principal. */
export interface RequestContext {
  readonly requestId: string;
  /** The trace that the caller continues or that we export; absent when there is neither. */
  readonly traceId?: string | undefined;
  /** The name of the principal in logs; absent until the caller is authenticated. */
  principal?: string;
  /** What the access event will say besides: outcomes, customers, the problem. */
  facts?: Facts;
  /** Whether the access event is written. */
  isOver?: true;
}

/** The context of the request that the running code works for; it has none in background work. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
