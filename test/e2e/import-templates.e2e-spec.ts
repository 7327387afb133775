import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../harness/imports.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
const service = useService(sandbox);
const { upload } = importsOf(() => service);

describe('a template', () => {
  it.each(['customers', 'memberships', 'enrollments', 'associations', 'updates'])(
    'for %s is a CSV file with an example that passes a dry run',
    async (kind) => {
      const template = await fetch(`${service.url}/v1/imports/templates/${kind}.csv`, {
        headers: service.authorization,
      });
      expect(template.status).toBe(200);
      expect(template.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(template.headers.get('content-disposition')).toBe(`attachment; filename="${kind}.csv"`);
      const text = await template.text();
      const [header, ...rows] = parse(text);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toHaveLength(header?.length ?? 0);
      expect(rows[0]?.every((cell) => cell !== '')).toBe(true);
      const plan = await upload(`kind=${kind}&dryRun=true`, text, 'text/csv');
      expect(plan).toMatchObject({ status: 200, json: { lines: 2, valid: 1, invalid: 0, calls: 1 } });
    },
  );

  it.each(['customers', 'cats.csv', 'customers.csv.gz'])('of the name %s is not found', async (name) => {
    const refused = await service.send('GET', `/v1/imports/templates/${name}`);
    expect(refused).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining('customers.csv') },
    });
  });

  it('needs a key', async () => {
    expect((await fetch(`${service.url}/v1/imports/templates/customers.csv`)).status).toBe(401);
  });
});
