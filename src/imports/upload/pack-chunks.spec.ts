import { describe, expect, it } from 'vitest';
import type { Upload } from '../../records/import-rows.repository.js';
import { ChunkPacker } from './pack-chunks.js';

/** Returns all uploads that these lines need. */
function uploads(add: (packer: ChunkPacker) => (Upload | undefined)[]): Upload[] {
  const packer = new ChunkPacker();
  return [...add(packer), packer.take()].flatMap((upload) => upload ?? []);
}

const items = (count: number, dto: unknown): Upload[] =>
  uploads((packer) => Array.from({ length: count }, (_, n) => packer.addItem(n + 1, dto)));

describe(ChunkPacker.name, () => {
  it('packs at most 100 items into a chunk, numbered from 1 in the order of lines', () => {
    const chunks = items(250, {}).map(({ chunk }) => chunk);
    expect(chunks.map((chunk) => [chunk?.number, chunk?.lines[0], chunk?.lines.length])).toEqual([
      [1, 1, 100],
      [2, 101, 100],
      [3, 201, 50],
    ]);
    const inPayload = chunks.flatMap((chunk) => JSON.parse(chunk?.payload ?? '[]') as { line: number }[]);
    const all = Array.from({ length: 250 }, (_, n) => n + 1);
    expect(inPayload.map(({ line }) => line)).toEqual(all);
    expect(chunks.flatMap((chunk) => chunk?.lines)).toEqual(all);
  });

  it('packs at most 256 KB into a chunk, except for a single larger item', () => {
    for (const { chunk } of items(20, 'x'.repeat(50_000))) {
      expect(chunk?.payload.length).toBeLessThan(257_000);
    }
    expect(items(2, 'x'.repeat(300_000)).map(({ chunk }) => chunk?.lines.length)).toEqual([1, 1]);
  });

  it('returns invalid lines without a chunk, in bounded uploads', () => {
    const stored = uploads((packer) =>
      Array.from({ length: 150 }, (_, n) => packer.addInvalid(n + 1, 'x'.repeat(10_000))),
    );
    expect(stored.every(({ chunk }) => chunk === undefined)).toBe(true);
    expect(stored.flatMap(({ invalid }) => invalid)).toHaveLength(150);
    expect(Math.max(...stored.map(({ invalid }) => invalid.length))).toBeLessThan(30);
  });

  it('counts the rows of CSV, and keeps them with their lines', () => {
    const cells = ['+919900000001', 'x'.repeat(50_000)];
    const valid = uploads((packer) =>
      Array.from({ length: 20 }, (_, n) => packer.addItem(n + 1, {}, 0, cells)),
    );
    for (const { chunk } of valid) expect(chunk?.payload.length).toBeLessThan(257_000);
    expect(JSON.parse(valid[0]?.chunk?.payload ?? '[]')).toMatchObject([{ line: 1, cells }, {}, {}, {}, {}]);
    const invalid = uploads((packer) =>
      Array.from({ length: 20 }, (_, n) => packer.addInvalid(n + 1, '{}', cells)),
    );
    expect(Math.max(...invalid.map((one) => one.invalid.length))).toBeLessThan(7);
    expect(invalid[0]?.invalid[0]).toEqual({
      line: 1,
      outcome: 'rejected',
      result: '{}',
      row: JSON.stringify(cells),
    });
  });

  it('returns no upload without lines', () => {
    expect(uploads(() => [])).toEqual([]);
  });
});
