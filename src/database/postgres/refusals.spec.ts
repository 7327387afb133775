import { describe, expect, it } from 'vitest';
import { StartupError } from '../../config/startup-error.js';
import { DatabaseUnavailable, StatementFailed } from '../database-errors.js';
import { explainDatabaseError, refusalOf, startupErrorOf } from './refusals.js';

const failed = (code: string | undefined, message = ''): Error =>
  Object.assign(new Error(`${message} hunter2 db.example`), code !== undefined && { code });

describe(startupErrorOf.name, () => {
  it.each([
    ['28P01', '', /user or password/],
    ['28000', 'no pg_hba.conf entry for host "::1", user "x", no encryption', /only with TLS/],
    ['28000', 'no pg_hba.conf entry for host "::1", user "x", SSL encryption', /pg_hba\.conf/],
    ['3D000', '', /CREATE DATABASE/],
    ['42501', 'permission denied for database', /GRANT CONNECT ON DATABASE/],
    ['25006', '', /default_transaction_read_only/],
    ['53300', '', /allow 15 for each instance/],
    ['57P03', '', /starting/],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND', /host in DATABASE_URL cannot be found/],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN', /host in DATABASE_URL cannot be found/],
    ['ECONNREFUSED', '', /No server accepts/],
    ['ENOENT', 'connect ENOENT /run/postgresql', /No server accepts/],
    ['ENOENT', "ENOENT: no such file or directory, open '/ca.pem'", /`sslrootcert`/],
    ['ETIMEDOUT', '', /do not answer/],
    [undefined, 'timeout expired', /do not answer/],
    [undefined, 'Query read timeout', /do not answer/],
    [undefined, 'The server does not support SSL connections', /does not offer TLS/],
    [undefined, 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', /has no password/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', '', /unknown authority/],
    ['SELF_SIGNED_CERT_IN_CHAIN', '', /unknown authority/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '', /unknown authority/],
    ['CERT_HAS_EXPIRED', '', /has expired/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', '', /for another host/],
    ['ERR_OSSL_PEM_NO_START_LINE', '', /not the certificate or key/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', /agree on TLS/],
    ['26000', '', /pool_mode = session/],
    ['08P01', 'unsupported startup parameter: options', /remove `options`/],
    ['08P01', 'no such database: x', /CREATE DATABASE/],
    ['08P01', 'SASL authentication failed', /user or password/],
    ['08P01', 'no more connections allowed (max_client_conn)', /allow 15/],
    ['08P01', 'client_login_timeout (server down)', /its log has the reason/],
    ['XX000', '', /cannot be used/],
  ])('is one sentence with the cause and no value: %s %s', (code, message, expected) => {
    const error = startupErrorOf(failed(code, message));
    expect(error).toBeInstanceOf(StartupError);
    expect(error.message).toMatch(expected);
    expect(error.message).toMatch(/^[^\n]+ \([\w ]+\)\.$/);
    expect(error.message).not.toMatch(/hunter2|db\.example|[a-z]\. [A-Z]/);
  });
});

describe(refusalOf.name, () => {
  it.each([
    ['28P01', undefined],
    ['42501', undefined],
    ['25006', undefined],
    ['CERT_HAS_EXPIRED', undefined],
    ['57P03', true],
    ['53300', true],
    ['ECONNREFUSED', true],
    ['ENOTFOUND', true],
  ])('says whether the cause may pass by itself: %s', (code, mayPass) => {
    expect(refusalOf(failed(code))?.mayPass).toBe(mayPass);
  });
});

describe(explainDatabaseError.name, () => {
  it('explains what the database refused after it was opened', () => {
    const noRight = new StatementFailed({ code: '42501', message: 'permission denied' });
    expect(explainDatabaseError(noRight)).toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(
        /AUTHORIZATION.*GRANT USAGE, CREATE ON SCHEMA meniscus, meniscus_jobs TO.*\(42501\)\.$/,
      ) as unknown,
    });
    expect(explainDatabaseError(new DatabaseUnavailable('53300'))).toBeInstanceOf(StartupError);
  });

  it('leaves faults of the code with their trace', () => {
    const others = [new StatementFailed({ code: '42P01', message: '' }), failed('ENOENT'), 'no error'];
    for (const other of others) expect(explainDatabaseError(other)).toBe(other);
  });
});
