import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importsOf } from '../harness/imports.js';
import { prepareDatabase } from '../harness/databases.js';
import { type Service, startService } from '../harness/service.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [keyOf('2025'), keyOf('2026')];
const folder = useFolder();
const sandbox = useSandbox();
let service: Service;
let database: Record<string, string>;
const imports = importsOf(() => service);

const bodyOf = (value: string) => ({ identifiers: [{ type: 'mobile', value }], loyaltyType: 'loyalty' });

async function restart(DATA_KEYS: string): Promise<void> {
  await service?.stop();
  service = await startService(sandbox.url, { ...database, DATA_KEYS });
}

beforeAll(async () => {
  database = await prepareDatabase(folder);
  await sandbox.set({ unknownCustomer: 'register' });
});

afterAll(async () => service?.stop());

describe('DATA_KEYS', () => {
  it('can be rotated, and a missing key loses nothing and answers 503', async () => {
    await restart(OLD);
    const body = bodyOf('919900000001');
    const lines = Array.from({ length: 3000 }, (_, index) =>
      JSON.stringify(bodyOf(String(917_000_000_000 + index))),
    ).join('\n');
    // The delay keeps lines waiting until the pause.
    await sandbox.set({ latencyMs: 1000 });
    const { id } = (await imports.upload('kind=customers', lines)).json;
    await imports.act(id, 'pause');
    const key = { 'Idempotency-Key': 'under-the-old-key' };
    const first = await service.send('PATCH', '/v1/customers', body, key);
    expect(first).toMatchObject({ status: 200 });

    await restart(NEW);
    const locked = await service.send('PATCH', '/v1/customers', body, key);
    expect(locked).toMatchObject({ status: 503, json: { type: '/problems/stored-data-locked' } });
    expect(await service.send('GET', '/health/ready')).toMatchObject({ status: 200 });
    await imports.act(id, 'resume');
    await service.program.waitForEvent(
      ({ event, importId }) => event === 'data-keys.missing' && importId === id,
      60_000,
    );
    expect(service.program.events()).toContainEqual(
      expect.objectContaining({ event: 'data-keys.missing', keyIds: ['2025'] }),
    );

    await sandbox.set({ latencyMs: 0 });
    await restart(`${NEW},${OLD}`);
    await imports.ended(id, 90_000);
    await service.program.waitForEvent(({ event }) => event === 'data-keys.old-ones-unused', 60_000);

    await restart(NEW);
    const again = await service.send('PATCH', '/v1/customers', body, key);
    expect(again.text).toBe(first.text);
    expect(await imports.state(id)).toMatchObject({ state: 'completed', updated: 3000 });
    expect(await imports.results(id)).toHaveLength(3000);
  });
});
