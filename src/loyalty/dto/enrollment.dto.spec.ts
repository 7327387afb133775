import { describe, expect, it } from 'vitest';
import { validateAs } from '../../validation/validate-as.js';
import { EnrollmentDto } from './enrollment.dto.js';

describe(EnrollmentDto.name, () => {
  it.each<[unknown, string]>([
    [[[]], '/programs/0'],
    [[[{ programId: 1 }]], '/programs/0'],
    [{ programId: 1 }, '/programs'],
    [[], '/programs'],
    [undefined, '/programs'],
  ])('rejects programs that are no list of objects: %j', (programs, pointer) => {
    const body = { identifiers: [{ type: 'mobile', value: '919900000001' }], programs };
    const validated = validateAs(EnrollmentDto, body);
    expect('mistakes' in validated && validated.mistakes.map((mistake) => mistake.pointer)).toEqual([
      pointer,
    ]);
  });
});
