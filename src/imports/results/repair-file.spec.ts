import { describe, expect, it } from 'vitest';
import type { ImportRowsRepository, LineResult } from '../../records/import-rows.repository.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { REPAIR_COLUMNS } from '../upload/repair-columns.js';
import { type Repair, countLeftOut, demandRepair, streamRepair } from './repair-file.js';

type Line = LineResult & { readonly cells?: readonly string[] };

/** A repository with one step that has these results; `cells` are those of a valid line. */
function stored(lines: readonly Line[]): ImportRowsRepository {
  const rows: Pick<ImportRowsRepository, 'results' | 'items'> = {
    async *results(_id, { outcomes } = {}) {
      yield { number: 1, results: lines.filter(({ outcome }) => !outcomes || outcomes.includes(outcome)) };
    },
    items: async () => lines.map(({ line, cells }) => ({ line, dto: {}, ...(cells && { cells }) })),
  };
  return rows as ImportRowsRepository;
}

const rejected = (message: string, cells: readonly string[]): Line => ({
  line: 2,
  outcome: 'rejected',
  result: JSON.stringify({ outcome: 'rejected', errors: [{ message, type: '/', status: 400 }], attempts: 0 }),
  row: JSON.stringify(cells),
});
const failed: Line = {
  line: 3,
  outcome: 'failed',
  result: JSON.stringify({ outcome: 'failed', reason: 'it was busy', retryable: true, errors: [] }),
  cells: ['f', '1'],
};
const unknown = (retryable: boolean): Line => ({
  line: 4,
  outcome: 'unknown',
  result: JSON.stringify({ outcome: 'unknown', reason: 'it got lost', retryable, attempts: 1 }),
  cells: ['u', '1'],
});

const FORM = { header: ['A b', 'c'], separator: ',', lineEnd: '\n' };
const REPAIR: Repair = { form: FORM, erasedCount: 0, isRetried: false };
const HEADER = `\u{feff}${[...REPAIR_COLUMNS, 'A b', 'c'].join(',')}\n`;

async function collect(lines: readonly Line[], repair: Partial<Repair> = {}): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of streamRepair(stored(lines), 'i', { ...REPAIR, ...repair })) pieces.push(piece);
  return pieces.join('');
}

describe(streamRepair.name, () => {
  it.each([
    ['fewer cells than the header', ['1'], '1'],
    ['more cells than the header', ['1', '2', ''], '1,2,'],
    ['what a spreadsheet would run', ['+919900000001', '=1+1', '-1', '@a'], '+919900000001,=1+1,-1,@a'],
    ['separators, quotes and blanks', ['a,b', ' "x" ', '\t'], '"a,b"," ""x"" ",\t'],
    ['line breaks', ['a\nb', 'c\rd', 'e\r\nf'], '"a\nb","c\rd","e\r\nf"'],
    ['characters that are not seen', ['\u{200b}1', '\u{0}'], '\u{200b}1,\u{0}'],
  ])('writes a row with %s as it was', async (_case, cells, written) => {
    expect(await collect([rejected('no', cells)])).toBe(`${HEADER}rejected,no,${written}\n`);
  });

  it.each([
    ['=HYPERLINK(1)', "'=HYPERLINK(1)"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@a', "'@a"],
    ['a\r\nb', 'a b'],
    ['a\u{0}\u{1b}b', 'a b'],
  ])(
    'writes the reason %j so that a spreadsheet runs nothing and an upload takes it',
    async (message, cell) => {
      expect(await collect([rejected(message, ['1', '2'])])).toBe(`${HEADER}rejected,${cell},1,2\n`);
    },
  );

  it('has the separator and the line ends of the upload', async () => {
    const form = { header: ['a', 'b;c'], separator: ';', lineEnd: '\r\n' };
    const [outcome, reason] = REPAIR_COLUMNS;
    expect(await collect([rejected('x;y', ['1,5', ';'])], { form })).toBe(
      `\u{feff}${outcome};${reason};a;"b;c"\r\nrejected;"x;y";1,5;";"\r\n`,
    );
  });

  it('replaces the columns of an earlier repair file, wherever they are', async () => {
    const form = { ...FORM, header: ['A b', REPAIR_COLUMNS[1], 'c', ` ${REPAIR_COLUMNS[0]}`] };
    const lines = [rejected('new', ['1', 'old', '2', 'rejected', 'too much'])];
    expect(await collect(lines, { form })).toBe(`${HEADER}rejected,new,1,2,too much\n`);
  });

  it('has failed rows, and unknown ones that can be repeated safely', async () => {
    const lines = [failed, unknown(true), unknown(false)];
    expect(await collect(lines)).toBe(`${HEADER}failed,it was busy,f,1\nunknown,it got lost,u,1\n`);
    expect(await collect(lines, { outcome: 'failed' })).toBe(`${HEADER}failed,it was busy,f,1\n`);
    expect(await collect(lines, { outcome: 'updated' })).toBe(HEADER);
  });

  it('leaves out failed rows that a retry has taken over, and erased ones', async () => {
    const { cells: _erased, ...erased } = failed;
    expect(await collect([failed], { isRetried: true })).toBe(HEADER);
    expect(await collect([erased])).toBe(HEADER);
  });
});

describe(countLeftOut.name, () => {
  const found = { id: 'i', failed: 7, unknown: 2 } as StoredImport;
  const rows = stored([unknown(true), unknown(false)]);
  it.each<[string, Partial<Repair>, string | undefined]>([
    ['credits in doubt', {}, 'unknown=1'],
    ['erased rows', { erasedCount: 3 }, 'erased=3, unknown=1'],
    ['failed rows of a retry', { isRetried: true }, 'retried=7, unknown=1'],
    ['nothing, for an outcome without a missing row', { outcome: 'rejected' }, undefined],
    [
      'the retried ones only if failed rows are asked for',
      { outcome: 'unknown', isRetried: true },
      'unknown=1',
    ],
  ])('counts %s', async (_case, repair, expected) => {
    expect(await countLeftOut(rows, found, { ...REPAIR, ...repair })).toBe(expected);
  });
});

describe(demandRepair.name, () => {
  const ended = { finishedAt: new Date(0), emptiedAt: null } as StoredImport;
  const kept = { form: FORM, erasedCount: 0, isRetried: false };
  it('refuses an import that has not ended, one that was emptied, and one that was not CSV', () => {
    const { form: _form, ...noCsv } = kept;
    expect(demandRepair(ended, kept)).toMatchObject(kept);
    expect(() => demandRepair({ ...ended, finishedAt: null }, kept)).toThrow('has not ended');
    expect(() => demandRepair({ ...ended, emptiedAt: new Date(1) }, noCsv)).toThrow('were removed');
    expect(() => demandRepair(ended, noCsv)).toThrow(expect.objectContaining({ type: 'invalid-request' }));
  });
});
