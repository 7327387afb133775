import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { InstancesRepository } from '../../src/records/instances.repository.js';
import { withBothDrivers } from './drivers.js';
import { openRepositories } from './repositories.js';

withBothDrivers((driver) => {
  let storage: PreparedDatabase;
  let instances: InstancesRepository;

  beforeAll(async () => {
    ({ storage } = await openRepositories(await driver.create()));
    instances = new InstancesRepository(storage.database);
  });

  afterAll(async () => storage?.close());

  const report = async (): Promise<string> => {
    const id = randomUUID();
    await instances.report({ id, version: '1.2.3', startedAt: new Date() });
    return id;
  };
  const makeOld = (id: string, seconds: number) =>
    storage.database.query(
      'update meniscus.instances set seen_at = now() - make_interval(secs => $2) where id = $1',
      [id, seconds],
    );
  const seen = async () => (await instances.list()).map(({ id, isMissing }) => ({ id, isMissing }));
  const stored = async () =>
    (await storage.database.query<{ id: string }>('select id from meniscus.instances')).rows.map(
      ({ id }) => id,
    );

  it('lists instances, calls one missing after a minute, and forgets it after an hour', async () => {
    const [own, other] = [await report(), await report()];
    await makeOld(other, 59);
    expect(await seen()).toEqual([
      { id: own, isMissing: false },
      { id: other, isMissing: false },
    ]);
    await makeOld(other, 61);
    expect(await seen()).toContainEqual({ id: other, isMissing: true });
    await makeOld(other, 3601);
    expect(await seen()).toEqual([{ id: own, isMissing: false }]);
    expect(await stored()).toContain(other);
    await instances.report({ id: own, version: '1.2.3', startedAt: new Date() });
    expect(await stored()).toEqual([own]);
    await instances.remove(own);
    expect(await seen()).toEqual([]);
  });
});
