import { describe, expect, it } from 'vitest';
import { CODE_CATALOG } from '../../src/upstream/code-catalog.js';
import { describeProblems } from './describe-problems.js';
import { PROBLEM_PAGES, REASONS } from '../../src/problems/problem-catalog.js';

describe(describeProblems.name, () => {
  it('lists each code of the vendor behind one problem', () => {
    const listed = [...describeProblems().matchAll(/\| \d{3} \| ([\d, ]+) \|/g)].flatMap(([, codes = '']) =>
      codes.split(', ').map(Number),
    );
    const known = CODE_CATALOG.flatMap(({ codes }) => codes);
    expect(listed.toSorted((one, other) => one - other)).toEqual(known.toSorted((one, other) => one - other));
  });

  it.each(CODE_CATALOG.map(({ type, status }) => [type, status] as const))(
    'explains the problem type %s of the vendor codes, with its status',
    (type, status) => {
      expect(PROBLEM_PAGES[type].status).toBe(status);
    },
  );

  it('blames the caller only where the update itself was refused', () => {
    const blamed = Object.values(REASONS).filter(({ type }) => PROBLEM_PAGES[type].status < 500);
    expect(blamed.map(({ type }) => type)).toEqual([
      'update-refused',
      'update-refused',
      'update-too-large',
      'update-too-large',
      'recently-rejected',
      'customer-erased',
    ]);
  });
});
