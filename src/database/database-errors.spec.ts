import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DatabaseUnavailable, StatementFailed, databaseError } from './database-errors.js';

const failing = (fields: object): Error => Object.assign(new Error('of asha@example.com'), fields);

describe(databaseError.name, () => {
  it.each([
    ['a refused connection', { code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
    ['a broken pipe, which looks like an SQLSTATE', { code: 'EPIPE' }, 'EPIPE'],
    ['a timeout of the driver, which has no code', {}, 'connection lost'],
    ['a server that shuts down', { code: '57P01' }, '57P01'],
    ['a server that starts', { code: '57P03' }, '57P03'],
    ['a statement that took too long', { code: '57014' }, '57014'],
    ['too many connections', { code: '53300' }, '53300'],
    ['a disk that fails', { code: '58030' }, '58030'],
    ['a standby that does not write', { code: '25006' }, '25006'],
  ])('reports %s as an unavailable database', (_what, fields, because) => {
    const error = databaseError(failing(fields));
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(error).toMatchObject({ because, message: `The database is unavailable (${because}).` });
  });

  it('reports a refused statement with its names and without its values', () => {
    const error = databaseError(
      failing({
        code: '23505',
        schema: 'meniscus',
        table: 'things',
        constraint: 'things_pkey',
        detail: 'Key (name)=(asha@example.com) already exists.',
        params: ['asha@example.com'],
      }),
    );
    expect(error).toBeInstanceOf(StatementFailed);
    expect(error.message).toBe('The database refused a statement: 23505, meniscus.things, things_pkey.');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('asha');
  });

  it('returns an error that is classified already as it is', () => {
    const unavailable = new DatabaseUnavailable('busy');
    expect(databaseError(unavailable)).toBe(unavailable);
  });
});
