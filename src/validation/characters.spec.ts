import { describe, expect, it } from 'vitest';
import { type TextKind, characterMistake, characterMistakeInLines } from './characters.js';

describe(characterMistake.name, () => {
  it.each<[string, string]>([
    ['ab\u0000', 'U+0000 null at position 3'],
    ['ab\u001B', 'U+001B escape at position 3'],
    ['a\u0085b', 'U+0085 next line at position 2'],
    ['a\u0090b', 'U+0090 control character at position 2'],
    ['a\u200Bb', 'U+200B zero width space at position 2'],
    ['🙂a\u2060', 'U+2060 word joiner at position 3'],
    ['\uFEFFa', 'U+FEFF zero width no-break space at position 1'],
    ['a\u00ADb', 'U+00AD soft hyphen at position 2'],
    ['a\u202Eb', 'U+202E right-to-left override at position 2'],
    ['a\u2066b', 'U+2066 left-to-right isolate at position 2'],
    ['a\u200Eb', 'U+200E left-to-right mark at position 2'],
    ['a\u00A0b', 'U+00A0 no-break space at position 2'],
    ['a\u3000b', 'U+3000 ideographic space at position 2'],
    ['a\u2005b', 'U+2005 space at position 2'],
    ['a\u2028b', 'U+2028 line separator at position 2'],
    ['a\uFE0Fb', 'U+FE0F variation selector at position 2'],
    ['a\u{E0041}b', 'U+E0041 tag character at position 2'],
    ['a\u{E0101}b', 'U+E0101 variation selector at position 2'],
    ['a\u3164b', 'U+3164 Hangul filler at position 2'],
    ['a\u034Fb', 'U+034F combining grapheme joiner at position 2'],
    ['a\u2800b', 'U+2800 Braille pattern blank at position 2'],
    ['a\u{1D173}b', 'U+1D173 format character at position 2'],
    ['a\uE000b', 'U+E000 private use character at position 2'],
    ['a\uFFFDb', 'U+FFFD replacement character at position 2'],
    ['a\uD83Db', 'U+D83D lone surrogate at position 2'],
    ['a\uFFFEb', 'U+FFFE noncharacter at position 2'],
    ['a\u17B4b', 'U+17B4 invisible character at position 2'],
  ])('refuses %j in a text that identifies and in a name of a person', (value, what) => {
    const message = `must not contain ${what}`;
    expect(characterMistake(value, 'identifying')?.message).toBe(message);
    expect(characterMistake(value, 'name')?.message).toBe(message);
  });

  it.each<[string, TextKind, string | undefined]>([
    ['می\u200Cخواهم', 'name', undefined],
    ['می\u200Cخواهم', 'identifying', 'invisible-character'],
    ['क्\u200Dष', 'name', undefined],
    ['Asha 👩\u200D🦰', 'name', undefined],
    ['Asha 👩🏽\u200D🦰', 'name', undefined],
    ['Asha\u200D', 'name', 'invisible-character'],
    ['\u200CAsha', 'name', 'invisible-character'],
    ['As\u200D\u200Dha', 'name', 'invisible-character'],
    ['Asha \u200CRao', 'name', 'invisible-character'],
    ['Åsa 張 🙂 é', 'identifying', undefined],
    ['❤\uFE0F 👩\u200D⚕\uFE0F', 'prose', undefined],
    ['12\u202F000\u00A0€', 'prose', undefined],
    ['שלום\u200E', 'prose', undefined],
    ['a\u202Eb', 'prose', 'invisible-character'],
    ['a\u2028b', 'prose', 'invisible-character'],
    ['a\uFEFFb', 'prose', 'invisible-character'],
    ['a\uFFFDb', 'prose', 'encoding'],
    ['a\uDC00b', 'prose', 'encoding'],
    ['a\nb', 'prose', 'control-character'],
  ])('%j as %s: %s', (value, kind, code) => {
    expect(characterMistake(value, kind)?.code).toBe(code);
  });

  it('returns the character, its name and its position apart', () => {
    expect(characterMistake('🙂🙂\u200B', 'identifying')).toMatchObject({
      code: 'invisible-character',
      params: { character: 'U+200B', name: 'zero width space', position: 3 },
    });
  });

  it('continues to count after a joiner in a name', () => {
    expect(characterMistake('می\u200Cخ\u200B', 'name')?.params).toMatchObject({ position: 5 });
  });
});

describe(characterMistakeInLines.name, () => {
  it.each<[string, string | undefined]>([
    ['Flat 4\nPune', undefined],
    ['Flat 4\r\nPune', 'U+000D carriage return at position 7'],
    ['a\tb', 'U+0009 tab at position 2'],
    ['\n\u0007', 'U+0007 bell at position 2'],
    ['a\u007F', 'U+007F delete at position 2'],
    ['a\u009Bb', 'U+009B control character at position 2'],
  ])('%j: %s', (value, what) => {
    expect(characterMistakeInLines(value)?.message).toBe(what && `must not contain ${what}`);
  });
});
