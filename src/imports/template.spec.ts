import { describe, expect, it } from 'vitest';
import { UPDATE_KINDS, IMPORT_KINDS } from './import-kinds.js';
import { writeTemplate } from './template.js';
import { columnsOf } from './upload/kind-columns.js';

const headerOf = (kind: (typeof IMPORT_KINDS)[number]): string[] =>
  writeTemplate(kind).split('\r\n')[0]?.split(',') ?? [];

describe(writeTemplate.name, () => {
  it.each(IMPORT_KINDS)('has every required column of %s, and begins with the identifier', (kind) => {
    const required = columnsOf(UPDATE_KINDS[kind].dto).filter((one) => one.required === 'always');
    expect(headerOf(kind)).toEqual(expect.arrayContaining(required.map(({ name }) => name)));
    expect(headerOf(kind)[0]).toBe('identifiers.mobile');
  });

  it('has the columns that most files have', () => {
    expect(headerOf('enrollments')).toEqual([
      'identifiers.mobile',
      'programs.0.programId',
      'programs.0.tierNumber',
      'programs.0.loyaltyPoints',
      'programs.0.tierExpiryDate',
      'programs.0.pointsExpiryDate',
    ]);
  });
});
