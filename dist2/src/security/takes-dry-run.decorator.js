import { addRouteConfig } from './access.decorator.js';
/** Declares that the endpoint accepts `dryRun`. Other endpoints ignore the parameter, so their writes are audited. */
export function TakesDryRun() {
    return addRouteConfig({ takesDryRun: true });
}
/** Whether a request is a dry run, which changes nothing. */
export function isDryRun({ query, routeOptions }) {
    const { takesDryRun } = routeOptions.config;
    return takesDryRun === true && query['dryRun'] === 'true';
}
//# sourceMappingURL=takes-dry-run.decorator.js.map