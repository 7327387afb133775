import type { ValueMistake } from '../problems/problem.js';

/**
 * What a text is for, which decides about the characters without ink:
 * `identifying`: it finds a customer, a card or a till, so two texts that look alike must be the same; none is allowed.
 * `name`: the name of a person; U+200C and U+200D are allowed between letters, as Persian and Indic scripts need them.
 * `prose`: any other text; the characters of emoji, of right-to-left words and of typography are allowed.
 */
export type TextKind = 'identifying' | 'name' | 'prose';

/**
 * Everything without ink, or perhaps without: control and format characters, fillers, spaces other than U+0020, private use
 * and the empty Braille cell U+2800; and damaged text: half of a surrogate pair, U+FFFD, which a decoder writes for bytes
 * that it cannot read, U+FFFC, and what is no character.
 */
const UNSEEN =
  /(?! )[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u{2800}\u{FFFC}\u{FFFD}]/u;

/**
 * What no text may contain: control characters, damaged text, line ends in disguise, byte order marks from the middle of
 * files, and what reverses the order of the text around it.
 */
const REFUSED_IN_PROSE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FEFF}\u{FFFC}\u{FFFD}]/u;

/** The same for a value of a field, which may have several lines. */
const REFUSED_IN_LINES =
  /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FEFF}\u{FFFC}\u{FFFD}]/u;

/** A joiner between letters, or between the parts of an emoji. */
const JOINER =
  /(?<=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200C\u200D](?=[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])/gu;

/** Names as in the Unicode character database. */
const C0_NAMES =
  'null,start of heading,start of text,end of text,end of transmission,enquiry,acknowledge,bell,backspace,tab,line feed,vertical tab,form feed,carriage return,shift out,shift in,data link escape,device control one,device control two,device control three,device control four,negative acknowledge,synchronous idle,end of transmission block,cancel,end of medium,substitute,escape,file separator,group separator,record separator,unit separator'.split(
    ',',
  );
const NAMES: ReadonlyMap<number, string> = new Map([
  ...C0_NAMES.map((name, code): [number, string] => [code, name]),
  [0x7f, 'delete'],
  [0x85, 'next line'],
  [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'],
  [0x34f, 'combining grapheme joiner'],
  [0x61c, 'Arabic letter mark'],
  [0x115f, 'Hangul choseong filler'],
  [0x1160, 'Hangul jungseong filler'],
  [0x1680, 'Ogham space mark'],
  [0x180e, 'Mongolian vowel separator'],
  [0x2002, 'en space'],
  [0x2003, 'em space'],
  [0x2007, 'figure space'],
  [0x2009, 'thin space'],
  [0x200a, 'hair space'],
  [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'],
  [0x200d, 'zero width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x202f, 'narrow no-break space'],
  [0x205f, 'medium mathematical space'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0x2800, 'Braille pattern blank'],
  [0x3000, 'ideographic space'],
  [0x3164, 'Hangul filler'],
  [0xfeff, 'zero width no-break space'],
  [0xffa0, 'halfwidth Hangul filler'],
  [0xfffc, 'object replacement character'],
  [0xfffd, 'replacement character'],
]);

/** Names for whole groups of characters; the first that matches. */
const GROUP_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, 'control character'],
  [/\p{Cs}/u, 'lone surrogate'],
  [/\p{Noncharacter_Code_Point}/u, 'noncharacter'],
  [/\p{Variation_Selector}/u, 'variation selector'],
  [/[\u{E0000}-\u{E007F}]/u, 'tag character'],
  [/\p{Zs}/u, 'space'],
  [/\p{Co}/u, 'private use character'],
  [/\p{Cf}/u, 'format character'],
];

function nameOf(character: string): string {
  const name = NAMES.get(character.codePointAt(0) ?? 0);
  return name ?? GROUP_NAMES.find(([group]) => group.test(character))?.[1] ?? 'invisible character';
}

function codeOf(character: string): ValueMistake['code'] {
  if (/\p{Cc}/u.test(character)) return 'control-character';
  return /[\p{Cs}\p{Noncharacter_Code_Point}\u{FFFC}\u{FFFD}]/u.test(character)
    ? 'encoding'
    : 'invisible-character';
}

/** Names the first character that the expression finds, and counts the characters before it, not UTF-16 units. */
function firstMistake(value: string, refused: RegExp): ValueMistake | undefined {
  const found = refused.exec(value);
  if (!found) return undefined;
  const [one] = found;
  const number = (one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const position = Array.from(value.slice(0, found.index)).length + 1;
  const [character, name] = [`U+${number}`, nameOf(one)];
  return {
    code: codeOf(one),
    params: { character, name, position },
    message: `must not contain ${character} ${name} at position ${position}`,
  };
}

/** Finds a character that a text of this kind must not contain. The position of the first character is 1. */
export function characterMistake(value: string, kind: TextKind): ValueMistake | undefined {
  // The letter in place of a joiner keeps the positions of what follows.
  if (kind === 'prose') return firstMistake(value, REFUSED_IN_PROSE);
  return firstMistake(kind === 'name' ? value.replaceAll(JOINER, 'x') : value, UNSEEN);
}

/** Finds a character that a text of several lines must not contain. */
export function characterMistakeInLines(value: string): ValueMistake | undefined {
  return firstMistake(value, REFUSED_IN_LINES);
}

/** Finds half of a surrogate pair, which UTF-8 cannot write. */
export function surrogateMistake(value: string): ValueMistake | undefined {
  return value.isWellFormed() ? undefined : firstMistake(value, /\p{Cs}/u);
}
