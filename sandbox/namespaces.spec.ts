import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxClient } from './client.ts';
import { Namespaces, idleMs, isNamespaceName, mostNamespaces } from './namespaces.ts';
import { item, runSandbox, tillHeaders } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';

/** As many namespaces as there may be. */
function fill(nowMs: () => number): Namespaces {
  const namespaces = new Namespaces(nowMs);
  for (let index = 0; index < mostNamespaces; index++) namespaces.use(`test-${index}`);
  return namespaces;
}

describe(Namespaces, () => {
  it('refuses one too many, and accepts it once another one is removed', () => {
    const namespaces = fill(() => 0);
    expect(namespaces.use('one-more')).toBeNull();
    expect(namespaces.use('test-0')).not.toBeNull();
    expect(namespaces.use('')).not.toBeNull();
    expect(namespaces.remove('test-0')).toBe(true);
    expect(namespaces.use('one-more')).not.toBeNull();
  });

  it('removes those that no call used for long, but only for a new one', () => {
    let nowMs = 0;
    const namespaces = fill(() => nowMs);
    nowMs = idleMs - 1;
    namespaces.use('test-1');
    nowMs = idleMs;
    expect(namespaces.list()).toHaveLength(mostNamespaces);
    expect(namespaces.use('one-more')).not.toBeNull();
    expect(namespaces.list().map(({ name }) => name)).toEqual(['test-1', 'one-more']);
  });

  it('keeps the default one, which can only be reset', () => {
    const namespaces = new Namespaces();
    const before = namespaces.use('');
    expect(namespaces.remove('')).toBe(false);
    expect(namespaces.use('')).toBe(before);
    namespaces.reset('');
    expect(namespaces.use('')).not.toBe(before);
  });

  it.each(['', '.a', '-a', 'a/b', 'a b', 'a'.repeat(65), 'ä'])('has none with the name "%s"', (name) => {
    expect(isNamespaceName(name)).toBe(false);
  });
});

describe('calls with a namespace', () => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await runSandbox();
  });
  afterAll(() => sandbox.stop());

  const put = (prefix: string, headers: Record<string, string> = {}): Promise<{ status: number }> =>
    sandbox.send('PUT', `${prefix}/v2/bulk?source=INSTORE`, [item('01', { referralCode: prefix })], {
      ...tillHeaders,
      ...headers,
    });

  it('see customers, faults, settings, journal and points of their own', async () => {
    const one = new SandboxClient(sandbox.url).namespace('one');
    const other = new SandboxClient(sandbox.url).namespace('other');
    await one.addFaults({ kind: 'html', times: -1 });
    await one.changeSettings({ maxBatch: 1 });
    expect((await put('/ns/one')).status).toBe(502);
    expect((await put('/ns/other')).status).toBe(200);
    expect((await put('')).status).toBe(200);

    expect(await one.journal()).toMatchObject([{ answeredStatus: 502, path: '/v2/bulk' }]);
    expect(await other.journal()).toMatchObject([{ answeredStatus: 200, path: '/v2/bulk' }]);
    expect(await one.customer('mobile:919900000001')).toMatchObject({ referralCode: '' });
    expect(await other.customer('mobile:919900000001')).toMatchObject({ referralCode: '/ns/other' });
    expect(await other.faults()).toEqual([]);
    expect((await other.settings()).maxBatch).toBe(100);
    await one.reset();
    expect(await one.journal()).toEqual([]);
    expect(await other.journal()).toHaveLength(1);
  });

  it('have tokens of their own', async () => {
    const token = async (prefix: string): Promise<string> => {
      const body = { key: 'sandbox-key', secret: 'sandbox-secret' };
      const headers = { 'content-type': 'application/json' };
      const { json } = await sandbox.send('POST', `${prefix}/v3/oauth/token/generate`, body, headers);
      return (json as { data: { accessToken: string } }).data.accessToken;
    };
    const headers = { authorization: '', 'x-cap-api-oauth-token': await token('/ns/token-a') };
    await token('/ns/token-b');
    expect((await put('/ns/token-a', headers)).status).toBe(200);
    expect((await put('/ns/token-b', headers)).status).toBe(401);
    expect(await new SandboxClient(sandbox.url, 'token-b').expireTokens()).toBe(1);
    expect((await put('/ns/token-a', headers)).status).toBe(200);
  });

  it('name it in the path or in a header, and the path comes first', async () => {
    const { url } = new SandboxClient(sandbox.url).namespace('from-header');
    expect((await put('', { 'x-sandbox-namespace': 'from-header' })).status).toBe(200);
    expect((await put('/ns/from-path', { 'x-sandbox-namespace': 'from-header' })).status).toBe(200);
    expect(url).toBe(`${sandbox.url}/ns/from-header`);
    expect(await new SandboxClient(sandbox.url, 'from-header').journal()).toHaveLength(1);
    expect(await new SandboxClient(sandbox.url, 'from-path').journal()).toHaveLength(1);
  });

  it.each([
    ['/ns/', {}],
    ['/ns/.hidden', {}],
    ['/ns/a%20b', {}],
    ['', { 'x-sandbox-namespace': 'a/b' }],
  ])('are refused for a malformed name: %s %o', async (prefix, headers) => {
    expect((await put(prefix, headers)).status).toBe(400);
  });

  it('are listed, removed, and refused beyond the bound', async () => {
    const all = new SandboxClient(sandbox.url);
    for (const { name } of await all.namespaces()) await all.removeNamespace(name);
    await Promise.all(
      Array.from({ length: mostNamespaces }, (_, index) => all.namespace(`n${index}`).state()),
    );
    expect(await all.namespaces()).toHaveLength(mostNamespaces);
    await expect(all.namespace('one-more').state()).rejects.toThrow(
      `GET /state: 503 There are ${mostNamespaces} namespaces; remove one with DELETE /_sandbox/namespaces/<name>`,
    );
    expect((await put('/ns/one-more')).status).toBe(503);
    await all.removeNamespace('n5');
    expect((await put('/ns/one-more')).status).toBe(200);
    await expect(all.removeNamespace('n5')).rejects.toThrow('there is no namespace n5');
  });
});
