import { describe, expect, it } from 'vitest';
import { LineSplitter } from './split-lines.js';

/** Splits a text that arrives in pieces of this size. */
function split(text: string, size: number): [string | undefined, string][] {
  const splitter = new LineSplitter();
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  const lines = [...pieces.flatMap((piece) => Array.from(splitter.split(piece))), ...splitter.end()];
  return lines.map(({ bytes: line, end }) => [line?.toString(), end]);
}

describe(LineSplitter.name, () => {
  it.each<[string, [string, string][]]>([
    [
      'a\nb\r\nc\rd',
      [
        ['a', '\n'],
        ['b', '\r\n'],
        ['c', '\r'],
        ['d', ''],
      ],
    ],
    [
      '\r\r\n\n\r',
      [
        ['', '\r'],
        ['', '\r\n'],
        ['', '\n'],
        ['', '\r'],
      ],
    ],
    [
      'अ\n\r🙂\r\n',
      [
        ['अ', '\n'],
        ['', '\r'],
        ['🙂', '\r\n'],
      ],
    ],
    ['', []],
  ])('ends lines at LF, CRLF and CR wherever a piece ends: %j', (text, expected) => {
    for (const size of [1, 2, 3, 5, 100]) expect(split(text, size)).toEqual(expected);
  });
});
