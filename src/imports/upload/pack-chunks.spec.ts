import { describe, expect, it } from 'vitest';
import type { Upload } from '../../records/import-rows.repository.js';
import { ChunkPacker } from './pack-chunks.js';

/** All steps that storing these lines takes. */
function steps(add: (packer: ChunkPacker) => (Upload | undefined)[]): Upload[] {
  const packer = new ChunkPacker();
  return [...add(packer), packer.take()].flatMap((step) => step ?? []);
}

const items = (count: number, dto: unknown): Upload[] =>
  steps((packer) => Array.from({ length: count }, (_, n) => packer.addItem(n + 1, dto)));

describe(ChunkPacker.name, () => {
  it('makes chunks of at most 100 items, numbered from 1 in the order of lines', () => {
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

  it('makes no chunk larger than 256 KB, but of one item that is larger alone', () => {
    for (const { chunk } of items(20, 'x'.repeat(50_000))) {
      expect(chunk?.payload.length).toBeLessThan(257_000);
    }
    expect(items(2, 'x'.repeat(300_000)).map(({ chunk }) => chunk?.lines.length)).toEqual([1, 1]);
  });

  it('hands on invalid lines without a chunk, and in bounded steps', () => {
    const stored = steps((packer) =>
      Array.from({ length: 150 }, (_, n) => packer.addInvalid(n + 1, 'x'.repeat(10_000))),
    );
    expect(stored.every(({ chunk }) => chunk === undefined)).toBe(true);
    expect(stored.flatMap(({ invalid }) => invalid)).toHaveLength(150);
    expect(Math.max(...stored.map(({ invalid }) => invalid.length))).toBeLessThan(30);
  });

  it('takes nothing of nothing', () => {
    expect(steps(() => [])).toEqual([]);
  });
});
