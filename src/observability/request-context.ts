import { AsyncLocalStorage } from 'node:async_hooks';

/** What the log says about a request on each of its lines. */
export interface RequestContext {
  readonly requestId: string;
  /** The name of the principal in logs; absent until the caller is authenticated. */
  principal?: string;
  /** The type of the problem that refused the request before anything was done for it; absent until then. */
  problem?: string;
}

/** The context of the request that the running code works for; it has none in background work. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
