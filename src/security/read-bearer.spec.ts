import { describe, expect, it } from 'vitest';
import { readBearer } from './read-bearer.js';

describe(readBearer.name, () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearer a,b', undefined],
    ['Basic YTpi', undefined],
    ['abc', undefined],
  ])('reads %s as %s', (header, token) => {
    expect(readBearer(header)).toBe(token);
  });
});
