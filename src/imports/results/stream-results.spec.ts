import { describe, expect, it } from 'vitest';
import type { ImportRowsRepository, LineResult } from '../../records/import-rows.repository.js';
import { type ResultFormat, streamResults } from './stream-results.js';

/** A repository that returns these results step by step. */
function stored(results: readonly LineResult[]): ImportRowsRepository {
  const rows: Pick<ImportRowsRepository, 'results'> = {
    async *results() {
      for (let from = 0; from < results.length; from += 100) {
        yield { number: from / 100 + 1, results: results.slice(from, from + 100) };
      }
    },
  };
  return rows as ImportRowsRepository;
}

async function collect(results: readonly LineResult[], format: ResultFormat): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of streamResults(stored(results), 'some-import', format)) pieces.push(piece);
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

describe(streamResults.name, () => {
  it('streams each line once, over all steps', async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({ ...rejected('no'), line: n + 1 }));
    const lines = (await collect(many, 'ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      many.map(({ line }) => line),
    );
  });

  it.each([
    ['a quote and a comma', 'no "such", customer', '"no ""such"", customer"'],
    ['what a spreadsheet would run', '=HYPERLINK(1)', "'=HYPERLINK(1)"],
    ['a line break', 'a\nb', '"a\nb"'],
  ])('writes %s into CSV so that it stays text', async (_case, message, cell) => {
    expect(await collect([rejected(message)], 'csv')).toBe(
      `line,outcome,reason,codes,errors,pointsCredited,creditId,updateId,attempts\r\n7,rejected,,8015,${cell},,,,1\r\n`,
    );
  });

  it('streams only the header as CSV, and nothing as NDJSON, if there are no results', async () => {
    expect(await collect([], 'csv')).toMatch(/^line,.*\r\n$/);
    expect(await collect([], 'ndjson')).toBe('');
  });
});
