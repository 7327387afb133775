/** The logger for the framework's own lines, so that they are structured like ours. */
export { Logger as AppLogger } from 'nestjs-pino';
