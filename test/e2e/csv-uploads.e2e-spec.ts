import { stringify } from 'csv-stringify/sync';
import { describe, expect, it } from 'vitest';
import { importsOf } from '../harness/imports.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox);
const { upload, ended, results } = importsOf(() => service);
const MOBILES = ['919900000001', '919900000002', '919900000003'];
const HEADER = ['identifiers.mobile', 'firstName', 'loyaltyType', 'extendedFields.city'];

/** Fields of three customers with what CSV gives a meaning to. */
const TABLE = MOBILES.map((mobile, at) => [
  mobile,
  ['Rao, Asha', 'Renée; "Ben"', 'अशा'][at] ?? '',
  'loyalty',
  ['a, b; c', '"', "d'e"][at] ?? '',
]);

describe('an upload of CSV', () => {
  it.each<[string, string, (text: string) => Buffer, string, Record<string, string>]>([
    [
      'semicolon',
      '\r\n',
      (text) => Buffer.from(`\u{feff}${text}`),
      '',
      { encoding: 'utf-8', lineEnds: 'crlf' },
    ],
    [
      'tab',
      '\r',
      (text) => Buffer.from(`\u{feff}${text}`, 'utf16le'),
      '',
      { encoding: 'utf-16le', lineEnds: 'cr' },
    ],
    [
      'comma',
      '\n',
      (text) => Buffer.from(`\u{feff}${text}`, 'utf16le').swap16(),
      '',
      { encoding: 'utf-16be', lineEnds: 'lf' },
    ],
    [
      'semicolon',
      '\n',
      (text) => Buffer.from(text.replace('अशा', 'Zoé'), 'latin1'),
      '; charset=windows-1252',
      { encoding: 'windows-1252', lineEnds: 'lf' },
    ],
  ])(
    'with %s and %j reaches the vendor as it was in the table',
    async (separator, lineEnd, encode, charset, format) => {
      const delimiter = { comma: ',', semicolon: ';', tab: '\t' }[separator] ?? '';
      const file = encode(stringify([HEADER, ...TABLE], { delimiter, record_delimiter: lineEnd }));
      const accepted = await upload('kind=customers', file, `text/csv${charset}`);
      expect(accepted).toMatchObject({
        status: 202,
        json: { total: 3, invalid: 0, format: { separator, columns: 4, ...format } },
      });
      const planned = await upload('kind=customers&dryRun=true', file, `text/csv${charset}`);
      expect(planned.json).toMatchObject({ valid: 3, format: accepted.json.format });
      expect(await ended(accepted.json.id)).toMatchObject({ updated: 3 });
      for (const [mobile = '', firstName = '', , city] of TABLE) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(await sandbox.customer(`mobile:${mobile}`)).toMatchObject({
          firstName: charset === '' ? firstName : firstName.replace('अशा', 'Zoé'),
          extendedFields: { city },
        });
      }
    },
  );

  it('refuses rows of another width and each line that a quote swallowed, and passes over what holds nothing', async () => {
    const file = [
      HEADER.join(','),
      ',,,,',
      `${MOBILES[0]},Asha,loyalty,Pune,`,
      `${MOBILES[0]},Asha,loyalty`,
      `${MOBILES[1]},"Ben,loyalty,Goa`,
      `${MOBILES[2]},Cid,loyalty,Goa`,
      `${MOBILES[0]},Dev",loyalty,Goa`,
      '',
      `${MOBILES[2]},Eva,loyalty,Goa`,
    ].join('\r\n');
    const accepted = await upload('kind=customers&onInvalid=skip', file, 'text/csv');
    expect(accepted).toMatchObject({ status: 202, json: { lines: 9, total: 6, invalid: 5 } });
    await ended(accepted.json.id);
    const outcomes = await results(accepted.json.id);
    expect(outcomes.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual([
      '3 rejected',
      '4 rejected',
      '5 rejected',
      '6 rejected',
      '7 rejected',
      '9 updated',
    ]);
    const messages = outcomes.map(({ errors }) => JSON.stringify(errors));
    expect(messages[0]).toContain('5 cells, 4 columns');
    expect(messages[1]).toContain('3 cells, 4 columns');
    expect(messages[2]).toContain('quote opens on line 5');
    expect(await sandbox.customer(`mobile:${MOBILES[2]}`)).toMatchObject({ firstName: 'Eva' });
  });

  it('takes short rows and line breaks if the caller accepts them', async () => {
    const file = `${HEADER.join(',')}\n${MOBILES[0]},Asha,loyalty\n${MOBILES[1]},Ben,loyalty,"MG Road\nPune"\n`;
    const planned = await upload('kind=customers&dryRun=true', file, 'text/csv');
    expect(planned.json).toMatchObject({ valid: 0, invalid: 3 });
    const accepted = await upload('kind=customers&shortRows=accept&lineBreaks=accept', file, 'text/csv');
    expect(await ended(accepted.json.id)).toMatchObject({ updated: 2 });
    expect(await sandbox.customer(`mobile:${MOBILES[1]}`)).toMatchObject({
      extendedFields: { city: 'MG Road\nPune' },
    });
  });

  it.each<[string, string, Buffer, string, number, string]>([
    ['an unknown charset', '', Buffer.from('firstName\nx\n'), 'text/csv; charset=utf-7', 415, 'windows-1252'],
    ['an unknown separator', '&separator=pipe', Buffer.from('firstName\nx\n'), 'text/csv', 400, 'separator'],
    [
      'a header that is not UTF-8',
      '',
      Buffer.from('firstName,fields.caf\u{e9}\nx,y\n', 'latin1'),
      'text/csv',
      400,
      'character 21 of line 1',
    ],
    [
      'a quote that is never closed',
      '',
      Buffer.from('identifiers.mobile,loyaltyType\n1,loyalty\n"x,loyalty\n3,loyalty\n'),
      'text/csv',
      400,
      'opens on line 3',
    ],
  ])('is refused as a whole with %s', async (_case, query, file, type, status, reason) => {
    const refused = await upload(`kind=customers${query}`, file, type);
    expect(refused.status).toBe(status);
    expect(refused.text).toContain(reason);
  });
});
