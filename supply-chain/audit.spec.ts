import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { AuditException } from './check-audit.ts';
import { readAudit } from './read-audit.ts';

const folder = mkdtempSync(join(tmpdir(), 'meniscus-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ADVISORY = {
  id: 1,
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  title: 'Reads too much',
  severity: 'high',
  vulnerable_versions: '*',
};
const EXCEPTION: AuditException = {
  package: 'csv-parse',
  advisory: 'GHSA-aaaa-bbbb-cccc',
  reason: 'we bound what it reads',
  expires: '9999-12-31',
};

let registry: Server | undefined;
afterEach(() => {
  registry?.closeAllConnections();
  registry?.close();
});

/** Runs `npm run audit` against a registry that responds to audits with this, and has no version of any package. */
async function auditAgainst(
  status: number,
  body: unknown,
  exceptions: readonly AuditException[] = [],
): Promise<{ exitCode: unknown; printed: string }> {
  registry = createServer((request, response) => {
    request.resume();
    const isAudit = request.method === 'POST';
    const answer = isAudit ? body : { name: request.url?.slice(1), versions: {} };
    response.writeHead(isAudit ? status : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  const { port } = registry.address() as AddressInfo;
  const file = join(folder, 'exceptions.json');
  writeFileSync(file, JSON.stringify(exceptions));
  const program = spawn(process.execPath, [join(import.meta.dirname, 'audit.ts'), file], {
    env: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_noproxy: '127.0.0.1',
    },
  });
  const [out, error, [exitCode]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ]);
  return { exitCode, printed: out + error };
}

describe('npm run audit', { timeout: 60_000 }, () => {
  it('fails on an advisory about a locked package', async () => {
    const { exitCode, printed } = await auditAgainst(200, { 'csv-parse': [ADVISORY] });
    expect(printed).toContain('csv-parse: Reads too much (high, GHSA-aaaa-bbbb-cccc)');
    expect(exitCode).toBe(1);
  });

  it('passes without an advisory, and names the exceptions that can be removed', async () => {
    const { exitCode, printed } = await auditAgainst(200, {}, [EXCEPTION]);
    expect(printed).toContain('GHSA-aaaa-bbbb-cccc for csv-parse covers no finding');
    expect(printed).toContain('audit: 0 findings');
    expect(exitCode).toBe(0);
  });

  it('passes if an exception covers the advisory', async () => {
    const { exitCode, printed } = await auditAgainst(200, { 'csv-parse': [ADVISORY] }, [EXCEPTION]);
    expect(printed).toContain('audit: 1 findings, 1 exceptions');
    expect(exitCode).toBe(0);
  });

  it('passes with a notice if the registry does not support audits, and does not print its address', async () => {
    const { exitCode, printed } = await auditAgainst(405, {});
    expect(printed).toContain('AUDIT SKIPPED: THE REGISTRY DOES NOT SUPPORT AUDITS (HTTP 405)');
    expect(printed).not.toContain('127.0.0.1');
    expect(exitCode).toBe(0);
  });

  it('fails on an expired exception, even then', async () => {
    const { exitCode, printed } = await auditAgainst(405, {}, [{ ...EXCEPTION, expires: '2020-01-31' }]);
    expect(printed).toContain('expired on 2020-01-31');
    expect(exitCode).toBe(1);
  });
});

describe(readAudit.name, () => {
  it('treats an unreachable registry like one without an answer', () => {
    const printed = {
      message: 'request to https://x failed, reason: ENOTFOUND',
      error: { summary: '', detail: '' },
    };
    expect(readAudit(JSON.stringify(printed))).toEqual({ notAnswered: 'no answer' });
  });

  it('counts an advisory once for its package, not for each package that depends on it', () => {
    const via = { name: 'a', url: 'https://x/GHSA-1', severity: 'low', title: 't' };
    const printed = { vulnerabilities: { a: { via: [via] }, b: { via: ['a'] } } };
    expect(readAudit(JSON.stringify(printed))).toEqual({
      findings: [{ package: 'a', advisory: 'GHSA-1', severity: 'low', title: 't' }],
    });
  });

  it('throws where npm itself failed', () => {
    const printed = { error: { code: 'ENOLOCK', summary: 'This command requires an existing lockfile.' } };
    expect(() => readAudit(JSON.stringify(printed))).toThrow('ENOLOCK');
  });
});
