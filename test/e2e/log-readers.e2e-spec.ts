import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** More events than the buffers of a pipe hold: 1 MB. */
const MANY = 2000;
const AT_ONCE = 50;

const folder = useFolder();
const sandbox = useSandbox();

async function start(environment: Record<string, string> = {}): Promise<Service> {
  const service = await startService(sandbox.url, environment);
  onTestFinished(async () => {
    await service.stop('SIGKILL');
  });
  return service;
}

/** Sends a write that is refused, and so leaves one audit event and costs little else. */
async function leaveAuditEvent(service: Service, id: string): Promise<void> {
  const { status } = await service.send('PATCH', '/v1/customers', {}, { 'X-Request-Id': id });
  expect(status).toBe(400);
}

async function leaveMany(service: Service): Promise<void> {
  for (let first = 0; first < MANY; first += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, (_, index) => `event-${first + index}`);
    // oxlint-disable-next-line no-await-in-loop -- a bounded number at once
    await Promise.all(ids.map((id) => leaveAuditEvent(service, id)));
  }
}

const auditIdsIn = (events: readonly Record<string, unknown>[]): unknown[] =>
  events.filter(({ audit }) => audit === true).map(({ requestId }) => requestId);

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function reasons(service: Service): Promise<unknown> {
  const { status, json } = await service.send('GET', '/health/ready');
  return { status, reasons: (json as { reasons: unknown }).reasons };
}

const NOT_WRITTEN = {
  status: 503,
  reasons: {
    audit:
      'audit events cannot be written; free the disk of AUDIT_LOG_FILE, or start the reader of standard output',
  },
};
const READY = { status: 200, reasons: {} };

describe('a reader of standard output', () => {
  it('that stops reading does not stop the service, and gets every audit event when it reads again', async () => {
    const service = await start();
    const { stdout } = service.program.process;
    stdout?.pause();
    await leaveMany(service);
    await until(async () => JSON.stringify(await reasons(service)) === JSON.stringify(NOT_WRITTEN));
    expect((await service.send('GET', '/health/live')).status).toBe(200);

    stdout?.resume();
    await service.program.waitForEvent(({ event }) => event === 'audit.written-again');
    const ids = Array.from({ length: MANY }, (_, index) => `event-${index}`);
    await until(() => auditIdsIn(service.program.events()).length >= MANY);
    expect(new Set(auditIdsIn(service.program.events()))).toEqual(new Set(ids));
    expect(await reasons(service)).toEqual(READY);
  });

  it('that stops reading does not keep SIGTERM from ending the service', async () => {
    const service = await start();
    service.program.process.stdout?.pause();
    await leaveMany(service);
    const ended = new Promise((resolve) => service.program.process.once('exit', resolve));
    service.program.process.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('that goes away does not end the service, which says that it is not ready', async () => {
    const service = await start();
    service.program.process.stdout?.destroy();
    await leaveAuditEvent(service, 'after-the-reader');
    expect(await reasons(service)).toEqual(NOT_WRITTEN);
    expect((await service.send('GET', '/health/live')).status).toBe(200);
  });
});

describe('a pipe for audit events', () => {
  it('brings every event to the next reader, after the first one went away', async () => {
    const pipe = join(folder, 'audit.pipe');
    const [first, second] = [join(folder, 'first.log'), join(folder, 'second.log')];
    execFileSync('mkfifo', [pipe]);
    const readInto = (file: string) => spawn('sh', ['-c', 'exec cat "$0" > "$1"', pipe, file]);
    const reader = readInto(first);
    const service = await start({ AUDIT_LOG_FILE: pipe });
    await leaveAuditEvent(service, 'for-the-first');
    await until(() => auditIdsIn(linesOf(first)).includes('for-the-first'));
    reader.kill('SIGKILL');
    await new Promise((resolve) => reader.once('exit', resolve));

    await leaveAuditEvent(service, 'for-the-second');
    expect(await reasons(service)).toEqual(NOT_WRITTEN);
    const next = readInto(second);
    onTestFinished(() => void next.kill('SIGKILL'));
    await service.program.waitForEvent(({ event }) => event === 'audit.written-again');
    await until(() => auditIdsIn(linesOf(second)).includes('for-the-second'));
    expect(await reasons(service)).toEqual(READY);
  });
});

describe('SIGHUP', () => {
  it('does nothing without AUDIT_LOG_FILE', async () => {
    const service = await start();
    service.program.process.kill('SIGHUP');
    await leaveAuditEvent(service, 'after-the-signal');
    expect(await reasons(service)).toEqual(READY);
  });

  it('while the folder is gone is a fault until the file can be opened, and no event is lost', async () => {
    const logs = join(folder, 'logs');
    const file = join(logs, 'audit.log');
    mkdirSync(logs);
    const service = await start({ AUDIT_LOG_FILE: file });
    await leaveAuditEvent(service, 'before');
    renameSync(logs, join(folder, 'old-logs'));
    service.program.process.kill('SIGHUP');
    await until(async () => JSON.stringify(await reasons(service)) === JSON.stringify(NOT_WRITTEN));
    await leaveAuditEvent(service, 'meanwhile');
    expect(existsSync(file)).toBe(false);

    mkdirSync(logs);
    await service.program.waitForEvent(({ event }) => event === 'audit.written-again');
    expect(auditIdsIn(linesOf(file))).toEqual(['meanwhile']);
    expect(auditIdsIn(linesOf(join(folder, 'old-logs', 'audit.log')))).toEqual(['before']);
    expect(await reasons(service)).toEqual(READY);
    rmSync(logs, { recursive: true });
  });
});
