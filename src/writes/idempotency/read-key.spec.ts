import { describe, expect, it } from 'vitest';
import { readKey } from './read-key.js';

describe(readKey.name, () => {
  it.each([
    ['no header', undefined, undefined],
    ['a UUID', ['8e03978e-40d5-43dd-bc93-6894a57f9324'], '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    [
      'the same in quotes',
      ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
      '8e03978e-40d5-43dd-bc93-6894a57f9324',
    ],
    ['a string with what a token may not hold', ['"order 7; line, 2"'], 'order 7; line, 2'],
    ['escaped quotes and backslashes', [String.raw`"a\"b\\c"`], String.raw`a"b\c`],
    ['255 characters', ['k'.repeat(255)], 'k'.repeat(255)],
  ])('reads %s', (_what, given, key) => {
    expect(readKey(given)).toBe(key);
  });

  it.each([
    ['an empty header', ['']],
    ['an empty string', ['""']],
    ['two headers', ['a', 'a']],
    ['two keys in one header', ['a, b']],
    ['two strings in one header', ['"a", "b"']],
    ['parameters', ['"a";b=1']],
    ['an open quote', ['"a']],
    ['a quote within a token', ['a"b']],
    ['an escape that means nothing', [String.raw`"a\b"`]],
    ['white space within a token', ['a b']],
    ['a control character', ['a\u0007']],
    ['a letter beyond ASCII', ['clé']],
    ['256 characters', ['k'.repeat(256)]],
    ['a string of 256 characters', [`"${'k'.repeat(256)}"`]],
  ])('refuses %s, and names the header', (_what, given) => {
    expect(() => readKey(given)).toThrow(
      expect.objectContaining({
        type: 'invalid-request',
        extensions: { errors: [{ header: 'Idempotency-Key', code: 'format', message: expect.any(String) }] },
      }),
    );
  });
});
