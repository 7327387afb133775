import { describe, expect, it } from 'vitest';
import { AppLogger } from './app-logger.js';
import { createLogger } from './logger.js';
import { requestContext } from './request-context.js';

function aLogger() {
  const lines: unknown[] = [];
  const logger = createLogger({ LOG_LEVEL: 'trace' }, { write: (line) => lines.push(JSON.parse(line)) });
  return { logger, lines };
}

const OF_PINO = { time: expect.any(Number) as number, service: 'meniscus' };

describe(createLogger, () => {
  it('writes only listed fields, including those of libraries', () => {
    const { logger, lines } = aLogger();
    logger.info({ event: 'a.thing', status: 200, email: 'asha@example.com', body: { firstName: 'Asha' } });
    expect(lines).toEqual([{ level: 30, ...OF_PINO, event: 'a.thing', status: 200 }]);
  });

  it('writes the kind and the places of an error, and none of its text', () => {
    const { logger, lines } = aLogger();
    const error = new TypeError('no customer asha@example.com');
    logger.error(error);
    logger.error({ err: error, context: 'Framework' });
    logger.error({ err: error }, 'failed for %s', 'asha@example.com');
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatchObject({ msg: 'fault', err: { kind: 'TypeError' } });
      expect(JSON.stringify(line)).not.toContain('asha');
    }
  });

  it('adds the request to its own lines only, before their fields', () => {
    const { logger, lines } = aLogger();
    const context = { requestId: 'r-1', principal: 'api-key:app' };
    requestContext.run(context, () => logger.info({ event: 'a.thing' }));
    logger.info({ event: 'other.thing' });
    expect(lines.map((line) => Object.keys(line as object).slice(3))).toEqual([
      ['requestId', 'principal', 'event'],
      ['event'],
    ]);
    expect(lines[0]).toMatchObject(context);
    expect(context).toEqual({ requestId: 'r-1', principal: 'api-key:app' });
  });
});

function logged(write: (nest: AppLogger) => void): unknown[] {
  const { logger, lines } = aLogger();
  write(new AppLogger(logger));
  return lines;
}

describe(AppLogger, () => {
  it.each([
    ['verbose', 10],
    ['debug', 20],
    ['log', 30],
    ['warn', 40],
    ['error', 50],
    ['fatal', 60],
  ] as const)('writes %s with level %d, the message and the context', (method, level) => {
    expect(logged((nest) => nest[method]('Started', 'NestApplication'))).toEqual([
      { level, ...OF_PINO, context: 'NestApplication', msg: 'Started' },
    ]);
  });

  it('writes only the listed fields of an object', () => {
    expect(logged((nest) => nest.warn({ event: 'a.thing', email: 'asha@example.com' }))).toEqual([
      { level: 40, ...OF_PINO, event: 'a.thing' },
    ]);
  });

  const error = new RangeError('no customer asha@example.com');
  it.each<[string, [string | object, ...unknown[]]]>([
    ['an error', [error]],
    ['an error with its context', [error, undefined, 'ExceptionsHandler']],
    ['an error with its stack', [error, error.stack]],
    ['a text with a stack', [error.message, error.stack]],
    ['a text with a stack and a context', [error.message, error.stack, 'NestApplicationContext']],
  ])('writes the places of a fault and none of its text: %s', (_case, [message, ...others]) => {
    const lines = logged((nest) => nest.error(message, ...others));
    expect(lines).toMatchObject([{ msg: 'fault' }]);
    expect(JSON.stringify(lines)).toMatch(/"at":\[".*logger\.spec\.ts/);
    expect(JSON.stringify(lines)).not.toContain('asha');
  });
});
