import { describe, expect, it } from 'vitest';
import { importsOf } from '../harness/imports.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, { DATA_DIR: useDataFolder() });
const { upload, ended, results } = importsOf(() => service);

const csv = (...rows: string[]): string => `${rows.join('\r\n')}\r\n`;

describe('a CSV with a wrong header', () => {
  it.each(['', '&dryRun=true', '&onInvalid=skip'])(
    'is refused at once with all mistakes of the header, and nothing is stored (%s)',
    async (options) => {
      const body = csv('Phone,First_Name,programs.0.programId,firstName', '919900000001,Asha,1016,Asha');
      const answer = await upload(`kind=memberships${options}`, body, 'text/csv');
      expect(answer).toMatchObject({
        status: 400,
        json: {
          type: '/problems/upload-unreadable',
          errors: [
            { position: 1, column: 'Phone', suggestion: 'identifiers.mobile' },
            { position: 2, column: 'First_Name' },
            { position: 3, column: 'programs.0.programId', message: expect.stringContaining('enrollments') },
            { position: 4, column: 'firstName', message: expect.stringContaining('customers') },
            { column: 'loyaltyType', message: 'is missing, and each row needs it' },
          ],
          columns: expect.arrayContaining(['identifiers.<type>', 'loyaltyType', 'cards.<n>.number']),
        },
      });
      const { json } = await service.send('GET', '/v1/imports');
      expect(json).toEqual({ imports: [] });
    },
  );
});

describe('the mistakes of a CSV', () => {
  const FILE = csv(
    'identifiers.mobile,identifiers.externalId,loyaltyType,commChannels.0.type,commChannels.0.value,commChannels.0.primary,firstName,meniscusOutcome,meniscusReason',
    '919900000001,,loyalty,email,asha.rao@example.com,TRUE,Null,rejected,it was wrong',
    '+91-99000,c-7,loyalty,,,,Asha,,',
    '919900000002,1.23457E+11,loyalty,,,,Asha,,',
    '919900000003,,gold,,,,#NAME?,,',
    ',,loyalty,,,,Asha,,',
  );
  const MISTAKES = [
    {
      line: 3,
      errors: [
        {
          line: 3,
          column: 'identifiers.mobile',
          pointer: '/identifiers/0/value',
          found: '9 characters, begins with +: digits, + and a hyphen',
        },
      ],
    },
    {
      line: 4,
      errors: [
        { column: 'identifiers.externalId', message: 'looks like a number that a spreadsheet shortened' },
      ],
    },
    {
      line: 5,
      errors: [
        { column: 'firstName', message: 'is the error value of a spreadsheet' },
        { column: 'loyaltyType', found: '4 characters: letters' },
      ],
    },
    { line: 6, errors: [{ line: 6, pointer: '/identifiers' }] },
  ];

  it('are the same in the dry run, in the 202 and in the results, by line and column', async () => {
    const plan = await upload('kind=customers&dryRun=true', FILE, 'text/csv');
    expect(plan).toMatchObject({ status: 200, json: { valid: 1, invalid: 4, mistakes: MISTAKES } });
    const accepted = await upload('kind=customers&onInvalid=skip', FILE, 'text/csv');
    expect(accepted).toMatchObject({ status: 202, json: { total: 5, invalid: 4 } });
    expect(accepted.json.mistakes).toEqual(plan.json.mistakes);
    expect(await ended(accepted.json.id)).toMatchObject({ updated: 1, rejected: 4 });
    const lines = await results(accepted.json.id, '?outcome=rejected');
    expect(lines.map(({ line, errors }) => ({ line, errors }))).toEqual(plan.json.mistakes);
    expect(JSON.stringify(plan.json)).not.toMatch(/99000|1\.23457|gold|Asha/);
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({ firstName: 'Null' });
  });

  it('are listed for the first 1,000 lines', async () => {
    const rows = Array.from({ length: 1005 }, (_, n) => `c-${n},gold`);
    const body = csv('identifiers.externalId,loyaltyType', ...rows);
    const plan = await upload('kind=memberships&dryRun=true', body, 'text/csv');
    expect(plan.json).toMatchObject({ invalid: 1005 });
    expect(plan.json.mistakes).toHaveLength(1000);
  });
});

describe('a CSV of enrollments', () => {
  it('reads 75.0 as 75 points, and refuses 1,000 and 75,5 in words that are true', async () => {
    const body = csv(
      'identifiers.mobile,programs.0.programId,programs.0.loyaltyPoints',
      '919900000001,1016,75.0',
      '919900000002,1016,"1,000"',
      '919900000003,1016,"75,5"',
    );
    const plan = await upload('kind=enrollments&dryRun=true', body, 'text/csv');
    const column = 'programs.0.loyaltyPoints';
    expect(plan).toMatchObject({
      status: 200,
      json: {
        valid: 1,
        points: 75,
        mistakes: [
          { line: 3, errors: [{ column, found: '5 characters: digits and a comma' }] },
          { line: 4, errors: [{ column, found: '4 characters: digits and a comma' }] },
        ],
      },
    });
  });
});
