import type { LoggerService } from '@nestjs/common';
import type { Level as PinoLevel, Logger } from 'pino';

/** Whether an argument is the stack of an error: Nest passes it beside the error or its message, which the stack starts with. */
function isStack(argument: unknown): argument is string {
  return typeof argument === 'string' && argument.includes('\n    at ');
}

/** Writes the framework's own lines, so that they are structured like ours; the last argument is the context. */
export class AppLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  verbose(message: string | object, ...others: unknown[]): void {
    this.write('trace', message, others);
  }

  debug(message: string | object, ...others: unknown[]): void {
    this.write('debug', message, others);
  }

  log(message: string | object, ...others: unknown[]): void {
    this.write('info', message, others);
  }

  warn(message: string | object, ...others: unknown[]): void {
    this.write('warn', message, others);
  }

  error(message: string | object, ...others: unknown[]): void {
    this.write('error', message, others);
  }

  fatal(message: string | object, ...others: unknown[]): void {
    this.write('fatal', message, others);
  }

  private write(level: PinoLevel, message: string | object, others: readonly unknown[]): void {
    const stack = others.find(isStack);
    const context = others.at(-1);
    const fields = typeof context === 'string' && !isStack(context) ? { context } : {};
    if (message instanceof Error) this.pino[level]({ ...fields, err: message });
    else if (typeof message === 'object') this.pino[level]({ ...fields, ...message });
    else if (stack === undefined) this.pino[level](fields, message);
    else this.pino[level]({ ...fields, err: Object.assign(new Error(message), { stack }) });
  }
}
