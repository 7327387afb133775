import { describe, expect, it } from 'vitest';
import type { ImportRowsRepository, LineResult } from '../../records/import-rows.repository.js';
import { type ResultForm, tellResults } from './stream-results.js';

/** Results as the database would answer them, page by page. */
function stored(results: readonly LineResult[]): ImportRowsRepository {
  const rows: Pick<ImportRowsRepository, 'results'> = {
    results: async (_id, after, limit) => results.filter(({ line }) => line > after).slice(0, limit),
  };
  return rows as ImportRowsRepository;
}

async function tell(results: readonly LineResult[], form: ResultForm): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of tellResults(stored(results), 'some-import', form)) pieces.push(piece);
  return pieces.join('');
}

const rejected = (message: string): LineResult => ({
  line: 7,
  outcome: 'rejected',
  result: JSON.stringify({
    outcome: 'rejected',
    errors: [{ code: 8015, message, type: '/problems/x', status: 404 }],
    attempts: 1,
  }),
});

describe(tellResults.name, () => {
  it('tells each line once, over all pages', async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({ ...rejected('no'), line: n + 1 }));
    const lines = (await tell(many, 'ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      many.map(({ line }) => line),
    );
  });

  it.each([
    ['a quote and a comma', 'no "such", customer', '"no ""such"", customer"'],
    ['what a spreadsheet would run', '=HYPERLINK(1)', "'=HYPERLINK(1)"],
    ['a line break', 'a\nb', '"a\nb"'],
  ])('writes %s into CSV so that it stays text', async (_case, message, cell) => {
    expect(await tell([rejected(message)], 'csv')).toBe(
      `line,outcome,reason,codes,errors,pointsCredited,creditId,updateId,attempts\r\n7,rejected,,8015,${cell},,,,1\r\n`,
    );
  });

  it('is only a header where CSV has no results, and nothing where NDJSON has none', async () => {
    expect(await tell([], 'csv')).toMatch(/^line,.*\r\n$/);
    expect(await tell([], 'ndjson')).toBe('');
  });
});
