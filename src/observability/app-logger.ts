/** What the framework's own lines go through, so that they are structured as ours. */
export { Logger as AppLogger } from 'nestjs-pino';
