import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeKeysFile } from '../../src/security/keys-file.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type ChildProgram, startProgram } from '../harness/child-program.js';
import { API_KEYS_FILE, type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
/** Makes one call at a time. */
const service = useService(sandbox, { UPSTREAM_MAX_CONCURRENCY: '1' });

const update = (of: Service, firstName = 'Asha') =>
  of.send('PATCH', '/v1/customers', aCustomerUpdate({ firstName }));

const aCallIsOpen = async (): Promise<boolean> =>
  (await sandbox.calls('bulk')).some(
    ({ answeredStatus, ...call }) => !('closedAt' in call) || answeredStatus === null,
  );

const writeNoKeys = (folder: string): void => writeKeysFile(join(folder, API_KEYS_FILE), []);

/** Returns the process of the service, which a launcher is the parent of. */
function pidOf({ process: { pid = 0 } }: ChildProgram, isLaunched: boolean): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return isLaunched ? Number(children) : pid;
}

function startAs(launcher: readonly string[]): ChildProgram {
  const environment = {
    UPSTREAM_BASE_URL: sandbox.url,
    UPSTREAM_OAUTH_KEY: 'k',
    UPSTREAM_OAUTH_SECRET: 's',
    API_KEYS_FILE,
    PORT: '0',
  };
  return startProgram('dist/src/main.js', environment, writeNoKeys, launcher);
}

describe('start', () => {
  it('fails with all mistakes of the configuration at once, by name and without values', async () => {
    const program = startProgram('dist/src/main.js', {
      PORT: 'eighty',
      UPSTREAM_BASE_URL: 'ftp://user:hunter2@vendor.example',
      UPSTREAM_OAUTH_KEY: 'my-own-key',
      UPSTREAM_TIMEOUT_MS: '-1',
      DEFAULT_SOURCE: 'WECHAT',
    });

    expect(await program.ended).toBe(1);
    const output = program.output();
    for (const name of [
      'PORT',
      'API_KEYS_FILE',
      'UPSTREAM_BASE_URL',
      'UPSTREAM_OAUTH_SECRET',
      'UPSTREAM_TIMEOUT_MS',
      'DEFAULT_ACCOUNT_ID',
    ]) {
      expect(output).toContain(`- ${name} `);
    }
    expect(output).toContain('6 mistake(s)');
    expect(output).not.toMatch(/eighty|hunter2|my-own-key|\n\s+at /);
  });
});

describe('the deadline', () => {
  it('is shortened by Request-Timeout, after which an update in flight is unknown', async () => {
    await sandbox.fault({ kind: 'hang', times: -1 });

    const answer = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
      'Request-Timeout': '0.5',
    });

    expect(answer).toMatchObject({
      status: 504,
      json: { outcome: 'unknown', reason: 'the deadline passed' },
    });
  });
});

describe('a client that disconnects', () => {
  it('does not stop its call in flight, and its waiting update is not sent', async () => {
    await update(service);
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'latency', ms: 1000 });
    const leave = async (firstName: string): Promise<() => void> => {
      const body = JSON.stringify(aCustomerUpdate({ firstName }));
      const leaving = request(`${service.url}/v1/customers`, {
        method: 'PATCH',
        headers: {
          ...service.authorization,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          Expect: '100-continue',
        },
      });
      leaving.on('error', () => undefined);
      // Otherwise the caller may leave before the service has even accepted the connection.
      await once(leaving, 'continue');
      leaving.end(body);
      return () => leaving.destroy();
    };

    const leaveInFlight = await leave('In flight');
    await until(aCallIsOpen);
    const leaveWaiting = await leave('Waiting');
    await service.send('GET', '/health/live');
    leaveInFlight();
    leaveWaiting();

    const aborted = (): number =>
      service.program.events().filter(({ event }) => event === 'request.aborted').length;
    await service.program.waitForEvent(() => aborted() === 2);
    await service.program.waitForEvent(({ event, updated }) => event === 'updates.settled' && updated === 1);
    expect((await update(service, 'After')).status).toBe(200);
    const sent = JSON.stringify(await sandbox.calls('bulk'));
    expect(sent).toContain('In flight');
    expect(sent).not.toContain('Waiting');
  });
});

describe('SIGTERM', () => {
  it('lets a running request finish, accepts no new one, and exits with 0', async () => {
    await update(service);
    await sandbox.fault({ kind: 'latency', ms: 1500 });

    const running = update(service, 'Finished');
    await until(aCallIsOpen);
    const ended = service.stop('SIGTERM');
    await service.program.waitForEvent(({ event }) => event === 'drain.begun');
    await expect(update(service, 'Late')).rejects.toThrow('fetch failed');

    expect(await running).toMatchObject({ status: 200, json: { outcome: 'updated' } });
    expect(await ended).toBe(0);
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'Finished' });
    await service.start();
  });

  it('stops waiting after DRAIN_TIMEOUT_MS, answers the callers, and exits with 0', async () => {
    const impatient = await startService(sandbox.url, {
      DRAIN_TIMEOUT_MS: '300',
      UPSTREAM_TIMEOUT_MS: '60000',
    });
    await update(impatient);
    await sandbox.fault({ kind: 'hang' });

    const running = update(impatient);
    await until(aCallIsOpen);
    const ended = impatient.stop('SIGTERM');

    expect(await running).toMatchObject({
      status: 504,
      json: { outcome: 'unknown', reason: 'the service is shutting down', retryable: true },
    });
    expect(await ended).toBe(0);
  });
});

describe('SIGTERM during the start', () => {
  /** Runs as a container does: as process 1 of its own pid namespace, which ignores signals without a handler. */
  const AS_PROCESS_1 = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const canBeProcess1 = spawnSync('unshare', [...AS_PROCESS_1.slice(1), 'true']).status === 0;
  if (!canBeProcess1)
    console.warn('NOT TESTED: this machine has no pid namespaces, so SIGTERM to process 1 is not.');

  it.each([
    ['as any process', []],
    ['as process 1', AS_PROCESS_1],
  ])('ends the service in order once its database is open: %s', async (_case, launcher) => {
    if (launcher.length > 0 && !canBeProcess1) return;
    const program = startAs(launcher);
    await program.waitForEvent(({ event }) => event === 'database.opened');
    process.kill(pidOf(program, launcher.length > 0), 'SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('ends process 1 before its database is open, while it loads its modules', async () => {
    if (!canBeProcess1) return;
    const program = startAs(AS_PROCESS_1);
    const pid = await until(() => pidOf(program, true));
    // The kernel discards each one that arrives before Node runs the first line.
    const timer = setInterval(() => {
      if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGTERM');
    }, 10);
    program.process.once('exit', () => clearInterval(timer));
    expect(await program.ended).toBe(0);
    expect(program.events()).toEqual([]);
  });

  it('is not lost after it: readiness turns at once, and requests are served for SHUTDOWN_DELAY_MS', async () => {
    const patient = await startService(sandbox.url, { SHUTDOWN_DELAY_MS: '3000' });
    const ended = patient.stop('SIGTERM');
    await patient.program.waitForEvent((one) => one['event'] === 'shutdown.announced');
    const ready = await patient.send('GET', '/health/ready');
    expect([ready.status, ready.json.reasons]).toEqual([
      503,
      { service: 'shutting down; send requests to another instance' },
    ]);
    const answer = await update(patient);
    // The caller's next request opens a connection, which leads to another instance.
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await ended).toBe(0);
  });
});

describe('a client that never completes its request', () => {
  it('cannot keep the service from exiting', async () => {
    const impatient = await startService(sandbox.url, { DRAIN_TIMEOUT_MS: '200' });
    const { hostname, port } = new URL(impatient.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `PATCH /v1/customers HTTP/1.1\r\nHost: a\r\nAuthorization: ${impatient.authorization.Authorization}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{`,
    );
    await impatient.send('GET', '/health/live');

    expect(await impatient.stop('SIGTERM')).toBe(0);
    socket.destroy();
  });
});

describe('the deadline', () => {
  // Needs a service that has just started: after slow calls it would reject the update at once.
  it('keeps an update that is still waiting from being sent', async () => {
    await update(service);
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'hang', times: -1 });

    const first = update(service).catch(() => undefined);
    await until(aCallIsOpen);
    const waiting = await service.send('PATCH', '/v1/customers', aCustomerUpdate({ firstName: 'Waits' }), {
      'Request-Timeout': '0.3',
    });

    expect(waiting).toMatchObject({
      status: 503,
      json: { type: '/problems/not-sent-in-time', outcome: 'failed', attempts: 0 },
    });
    await service.stop('SIGKILL');
    await first;
    expect(JSON.stringify(await sandbox.calls('bulk'))).not.toContain('Waits');
  });
});
