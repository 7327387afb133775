import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AppliedMigration, type Migration, checksumOf, label, pendingMigrations } from './migrate.js';
import { migrations } from './migrations/index.js';

const known: Migration[] = [
  { number: 1, name: 'create-cups', sql: 'a' },
  { number: 2, name: 'fill-cups', sql: 'b' },
  { number: 3, name: 'drop-cups', sql: 'c' },
];
const applied = (some: Migration[]): AppliedMigration[] =>
  some.map((one) => ({ ...one, checksum: checksumOf(one) }));

describe(pendingMigrations.name, () => {
  it('returns every migration that was not applied yet', () => {
    expect(pendingMigrations([], known)).toEqual(known);
    expect(pendingMigrations(applied(known.slice(0, 1)), known)).toEqual(known.slice(1));
    expect(pendingMigrations(applied(known), known)).toEqual([]);
  });

  it('refuses a gap, because later migrations build on earlier ones', () => {
    expect(() => pendingMigrations(applied(known.slice(2)), known)).toThrow(
      '0001-create-cups was never applied, but a later one was',
    );
  });
});

describe('src/database/migrations', () => {
  it('are numbered without a gap, in the order of the files of the same name', () => {
    const files = readdirSync(new URL('./migrations', import.meta.url))
      .filter((file) => file !== 'index.ts')
      .toSorted();
    expect(migrations.map((migration) => `${label(migration)}.ts`)).toEqual(files);
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, index) => index + 1));
    for (const { name } of migrations) expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
  });
});
