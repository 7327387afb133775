import { Writable } from 'node:stream';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Settings } from '../config/settings.js';
import { loggerParams } from './access-log.js';

function aLogger(): { logger: Logger; lines: () => Record<string, unknown>[] } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const { pinoHttp } = loggerParams(Object.assign(new Settings(), { LOG_LEVEL: 'trace' }));
  const logger = pino(pinoHttp as LoggerOptions, stream);
  const lines = () =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines };
}

describe(loggerParams.name, () => {
  it('writes only listed fields, including those of libraries', () => {
    const { logger, lines } = aLogger();
    logger.info({ event: 'a.thing', status: 200, email: 'asha@example.com', body: { firstName: 'Asha' } });
    expect(lines()).toEqual([
      { level: 30, time: expect.any(Number) as number, service: 'meniscus', event: 'a.thing', status: 200 },
    ]);
  });

  it('writes the kind and the places of an error, and none of its text', () => {
    const { logger, lines } = aLogger();
    const error = new TypeError('no customer asha@example.com');
    logger.error(error);
    logger.error({ err: error, context: 'Framework' });
    logger.error({ err: error }, 'failed for %s', 'asha@example.com');
    expect(lines()).toHaveLength(3);
    for (const line of lines()) {
      expect(line).toMatchObject({ msg: 'fault', err: { kind: 'TypeError' } });
      expect(JSON.stringify(line)).not.toContain('asha');
    }
  });
});
