/**
 * Finds cells that a program changed: a spreadsheet that shortened a number, or a database that wrote its word for
 * nothing. In an identifier they would merge customers, or create a second one beside the real one.
 */

/** Which texts a cell may not be: the identifier of a customer, another text that identifies something, or any text. */
export type CellUse = 'customer' | 'code' | 'text';

/** The error values of Excel, LibreOffice, Google Sheets and Numbers, in the languages in which they differ. */
const ERROR_VALUES = new Set(
  `#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #GETTING_DATA #SPILL! #CONNECT! #BLOCKED! #UNKNOWN! #FIELD! #CALC!
   #BUSY! #PYTHON! #EXTERNAL! #ERROR! #TIMEOUT! #MACRO?
   #BEZUG! #NV #WERT! #ZAHL! #ÜBERLAUF! #LEER! #KALK! #FELD! #BLOCKIERT! #UNBEKANNT! #VERBINDEN!
   #VALEUR! #NOM? #NOMBRE! #NUL! #PROPAGATION! #CALCUL! #CHAMP!
   #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! #¡DIV/0! #¡NULO! #¡DESBORDAMIENTO! #¡CALC! #N/D
   #RIF! #VALORE! #NOME? #NULLO! #ESPANSIONE! #VALOR! #NÚM! #NULO! #DESPEJAR! #DESPEJO!
   #WAARDE! #VERW! #NAAM? #N/B #GETAL! #LEEG! #DEEL/0! #OVERLOOP!
   #ADR! #ARG! #NAZWA? #LICZBA! #N/D! #ZERO! #DZIEL/0! #ROZLANIE!
   #VÄRDEFEL! #REFERENS! #NAMN? #OGILTIGT! #SAKNAS! #DIVISION/0! #SKÄRNING! #SPILL!
   #VÆRDI! #REFERENCE! #NAVN? #I/T #VERDI! #ARVO! #VIITTAUS! #NIMI? #LUKU! #PUUTTUU! #PUUTTUU #TYHJÄ! #JAKO/0!
   #DEĞER! #BAŞV! #AD? #SAYI! #YOK #BOŞ! #SAYI/0! #TAŞMA!
   #ÉRTÉK! #HIV! #NÉV? #SZÁM! #HIÁNYZIK #NULLA! #ZÉRÓOSZTÓ!
   #HODNOTA! #ODKAZ! #NÁZEV? #ČÍSLO! #NENÍ_K_DISPOZICI #DĚLENÍ_NULOU!
   #ССЫЛКА! #ЗНАЧ! #ИМЯ? #ЧИСЛО! #Н/Д #ПУСТО! #ДЕЛ/0! #ПЕРЕНОС!`.split(/\s+/),
);

/** Error values in other languages look so. It may also be a slogan, so it is refused only in identifiers. */
const LIKE_ERROR_VALUE = /^#[¡¿]?[\p{Lu}_]{1,30}(?:\/[\p{Lu}\d]{1,10})?[!?]$/u;

/** What databases and programs write where they have no value. */
const NO_VALUE = new Set([
  'null',
  '(null)',
  '[null]',
  '<null>',
  '\\n',
  'nil',
  '(nil)',
  'none',
  'nan',
  '-nan',
  '<na>',
  'n/a',
  'n.a.',
  'n/d',
  '#na',
  '#n/a',
  'nat',
  'undefined',
  '(empty)',
  '(blank)',
  'missing',
  '[object object]',
  '-',
  '--',
  '---',
  '–',
  '—',
  '?',
  '.',
  'inf',
  '-inf',
  'infinity',
  '-infinity',
]);

/** `1.23457E+11`, `1,23457E+11`, `9E+11`, `9.19900000001E11`. */
const SHORTENED = /^[+-]?\d{1,30}(?:[.,]\d{1,30}[eE][+-]?|[eE][+-])\d{1,3}$/;

/** `12345.0`, `12345,00` */
const WITH_FRACTION = /^[+-]?\d{1,30}[.,]0{1,10}$/;

const MONTHS = new Set('jan feb mar apr may jun jul aug sep sept oct nov dec'.split(' '));
/** `1-Mar`, `01-Mar-26`, `Mar-26`: what Excel makes of `MAR1` and `1-3`. */
const LIKE_DATE = /^(?:\d{1,2}-([a-z]{3,4})(?:-\d{2,4})?|([a-z]{3,4})-\d{2})$/i;

function isDateOfSpreadsheet(cell: string): boolean {
  const [, after, first] = LIKE_DATE.exec(cell) ?? [];
  return MONTHS.has((after ?? first ?? '').toLowerCase());
}

/** An apostrophe or a formula with which spreadsheets keep a number as text. */
const TEXT_MARK = /^(?:['’]\d|=)/;

/** Most identifiers: digits, or an e-mail address. */
const USUAL = /^(?:\d{1,64}|[\w.+-]{1,64}@[\w.-]{1,255})$/;

const NO_VALUE_WORD = 'is a word for no value; leave the cell empty if there is none';
const ERROR_VALUE = 'is the error value of a spreadsheet';

/**
 * Says what a program did to a cell. The usual cell costs one comparison or two.
 *
 * @returns what is wrong with it; undefined if nothing is known to be
 */
export function damageOf(cell: string, use: CellUse): string | undefined {
  // Err:502 is the error value of LibreOffice; a column that is too narrow shows only number signs.
  if (cell.startsWith('#') && (ERROR_VALUES.has(cell.toUpperCase()) || /^#{2,}$/.test(cell))) {
    return ERROR_VALUE;
  }
  if (cell.startsWith('Err:') && /^Err:5\d\d$/.test(cell)) return ERROR_VALUE;
  if (use === 'text' || USUAL.test(cell)) return undefined;
  if (cell.length <= 16 && NO_VALUE.has(cell.toLowerCase())) {
    return NO_VALUE_WORD;
  }
  if (LIKE_ERROR_VALUE.test(cell)) return ERROR_VALUE;
  if (SHORTENED.test(cell)) return 'looks like a number that a spreadsheet shortened';
  if (use === 'code') return undefined;
  if (cell.toLowerCase() === 'na') return NO_VALUE_WORD; // in a code it may be North America
  if (WITH_FRACTION.test(cell)) return 'looks like a number to which a program added a fraction';
  if (isDateOfSpreadsheet(cell)) return 'looks like a date that a spreadsheet made of something else';
  if (TEXT_MARK.test(cell)) return 'begins with the mark by which a spreadsheet keeps a number as text';
  return undefined;
}
