import { AsyncLocalStorage } from 'node:async_hooks';
/** The context of the request that the running code works for; it has none in background work. */
export const requestContext = new AsyncLocalStorage();
//# sourceMappingURL=request-context.js.map