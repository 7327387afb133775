import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { startProgram } from '../harness/child-program.js';
import { SANDBOX_KEY, SANDBOX_SECRET } from '../harness/sandbox-credentials.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const folder = useFolder();
const inFile = (name: string, secret: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `${secret}\n`);
  return file;
};

const DATA_KEY = randomBytes(32).toString('base64');
const LOG_HASH_KEY = randomBytes(32).toString('base64');

const sandbox = useSandbox();
const service = useService(sandbox, {
  LOG_LEVEL: 'trace',
  UPSTREAM_OAUTH_SECRET: '',
  UPSTREAM_OAUTH_SECRET_FILE: inFile('oauth-secret', SANDBOX_SECRET),
  DATA_KEYS_FILE: inFile('data-keys', `1:${DATA_KEY}`),
  LOG_HASH_KEY_FILE: inFile('log-hash-key', LOG_HASH_KEY),
});

describe('secrets', () => {
  it('are read from files, and appear in no log, response, document or process title', async () => {
    const seen = [];
    seen.push(await service.send('PATCH', '/v1/customers', aCustomerUpdate()));
    expect(seen[0]).toMatchObject({ status: 200 });
    await sandbox.fault({ kind: 'vendor-error', on: 'token', status: 401, code: 401, message: 'no' });
    await sandbox.expireTokens();
    seen.push(await service.send('PATCH', '/v1/customers', aCustomerUpdate()));
    seen.push(await service.send('PATCH', '/v1/customers?dryRun=true', aCustomerUpdate()));
    for (const path of ['/openapi.json', '/docs', '/health/ready', '/problems', '/v1/imports']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      seen.push(await service.send('GET', path));
    }
    const title = readFileSync(`/proc/${service.program.process.pid}/cmdline`, 'utf8');
    await service.stop();

    const written = [
      title,
      service.program.output(),
      ...seen.flatMap(({ text, headers }) => [text, JSON.stringify([...headers])]),
    ].join('\n');
    expect(written).toContain('"updated":1');
    for (const secret of [SANDBOX_SECRET, DATA_KEY, LOG_HASH_KEY]) expect(written).not.toContain(secret);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a file that cannot be read',
      { UPSTREAM_OAUTH_SECRET_FILE: '/nowhere/hunter2' },
      /- UPSTREAM_OAUTH_SECRET_FILE names a file that cannot be read/,
    ],
    [
      'a server that does not answer',
      {
        UPSTREAM_OAUTH_SECRET: 'hunter2',
        DATABASE_URL: 'postgresql://meniscus:hunter2@127.0.0.1:9/meniscus',
      },
      /DATABASE_URL|database/i,
    ],
    [
      'disabled TLS verification',
      { UPSTREAM_OAUTH_SECRET: 'hunter2', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      /- NODE_TLS_REJECT_UNAUTHORIZED must not be 0/,
    ],
  ])('are not quoted by a start that fails: %s', async (_case, environment, reason) => {
    const program = startProgram('dist/src/main.js', {
      API_KEYS_FILE: inFile('api-keys.json', '{"keys": []}'),
      UPSTREAM_BASE_URL: sandbox.url,
      UPSTREAM_OAUTH_KEY: SANDBOX_KEY,
      ...environment,
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(reason);
    expect(program.output()).not.toContain('hunter2');
  });
});
