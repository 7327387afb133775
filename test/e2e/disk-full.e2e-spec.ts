import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { copyPreparedData } from '../harness/databases.js';
import { fillDisk } from '../harness/fill-disk.js';
import { type Answer, type Service, startService } from '../harness/service.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** With these times a lease lasts 11 s. */
const TIMES = { UPSTREAM_TIMEOUT_MS: '3000', REQUEST_DEADLINE_MS: '3000' };
const ASHA = [{ type: 'mobile', value: '919900000001' }];
/** Far more requests than the free space inside the files of the database lets pass. */
const MAX_REQUESTS = 2000;

const sandbox = useSandbox();
const disk = useFolder();
const ballast = join(disk, 'ballast');
let isMounted = false;
let service: Service | undefined;

beforeAll(() => {
  const { status, error, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', 'size=160m', 'meniscus-test', disk],
    { encoding: 'utf8' },
  );
  isMounted = status === 0;
  if (!isMounted) console.warn(`A FULL DISK IS NOT TESTED: ${String(error ?? stderr)}`);
});

afterAll(async () => {
  await service?.stop();
  if (isMounted) spawnSync('umount', [disk]);
});

/** Credits a number of points that is unique in this test, so that the ledger shows each credit. */
const credit = (to: Service, points: number): Promise<Answer> =>
  to.send('POST', '/v1/loyalty/enrollments', anEnrollment({ identifiers: ASHA, loyaltyPoints: points }), {
    'Idempotency-Key': `credit-${points}`,
  });

async function settled(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const answer = await ask();
    if (answer.status !== 409 && answer.status !== 503) return answer;
    // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
    await pause(500);
  }
}

it('on a full disk nothing with a key is sent, and when there is room again nothing is lost or credited twice', async ({
  skip,
}) => {
  if (!isMounted) return skip('this machine does not allow to mount a small disk');
  const DATA_DIR = join(disk, 'data');
  mkdirSync(DATA_DIR);
  copyPreparedData(DATA_DIR);
  const running = (service = await startService(sandbox.url, { DATA_DIR, ...TIMES }));
  const answers: Answer[] = [await credit(running, 1)];

  fillDisk(ballast);
  while (answers.at(-1)?.status === 200 && answers.length < MAX_REQUESTS) {
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    answers.push(await credit(running, answers.length + 1));
  }
  const refused = answers.at(-1);
  expect(refused?.json).toMatchObject({ status: 503, type: expect.stringContaining('storage-unavailable') });
  const ready = await running.send('GET', '/health/ready');
  expect([ready.status, ready.json.reasons]).toEqual([
    503,
    {
      database:
        'the disk of the embedded database is full; start or repair it, or free its disk; the service goes on by itself',
    },
  ]);
  const callCount = (await sandbox.calls('bulk')).length;
  expect((await credit(running, 999_999)).status).toBe(503);
  expect(await sandbox.calls('bulk')).toHaveLength(callCount);
  const plain = { identifiers: ASHA, firstName: 'Anna', loyaltyType: 'loyalty' };
  expect((await running.send('PATCH', '/v1/customers', plain)).status).toBe(200);

  rmSync(ballast);
  await running.program.waitForEvent(({ event }) => event === 'database.recovered');
  expect((await running.send('GET', '/health/ready')).status).toBe(200);
  // The disk became full between the last success and the record of its response, so that one may be in doubt.
  const doubtful = answers.length - 2;
  for (const [index, { status }] of answers.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one request after the other
    const again = await settled(() => credit(running, index + 1));
    if (index === doubtful && again.status === 504) continue;
    expect([index, again.status, again.json.outcome]).toEqual([index, 200, 'updated']);
    const isReplayed = again.headers.get('Idempotency-Replayed') === 'true';
    if (index !== doubtful) expect([index, isReplayed]).toEqual([index, status === 200]);
  }
  expect(await sandbox.points()).toEqual(answers.map((_, index) => index + 1));
});
