import type { KindColumn } from './kind-columns.js';

/** Words that people write in headers, and the word of a column that they mean. */
const SYNONYMS = new Map(
  Object.entries({
    phone: 'mobile',
    phonenumber: 'mobile',
    phoneno: 'mobile',
    telephone: 'mobile',
    cellphone: 'mobile',
    cell: 'mobile',
    msisdn: 'mobile',
    whatsapp: 'mobile',
    mobilenumber: 'mobile',
    mobileno: 'mobile',
    mobilephone: 'mobile',
    contactnumber: 'mobile',
    mail: 'email',
    emailaddress: 'email',
    emailid: 'email',
    customerid: 'externalId',
    memberid: 'externalId',
    id: 'externalId',
    givenname: 'firstName',
    forename: 'firstName',
    fname: 'firstName',
    surname: 'lastName',
    familyname: 'lastName',
    lname: 'lastName',
    card: 'number',
    cardnumber: 'number',
    cardno: 'number',
    points: 'loyaltyPoints',
    program: 'programId',
    tier: 'tierNumber',
    hierarchy: 'hierarchyCode',
    role: 'roleCode',
    company: 'externalId',
    loyalty: 'loyaltyType',
    membership: 'loyaltyType',
    created: 'createDate',
    createdat: 'createDate',
    createdon: 'createDate',
    parent: 'parentCustomer',
    child: 'childCustomers',
    children: 'childCustomers',
    till: 'associatedWith',
    tillcode: 'associatedWith',
  }),
);

/** Our bound: no known name is longer, and comparing takes time. */
const MAX_COMPARED_LENGTH = 80;

/** Keeps only letters, in lower case and without accents, so that names are compared as people read them. */
function fold(text: string): string {
  return text
    .slice(0, MAX_COMPARED_LENGTH)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
}

/** Counts the letters to insert, remove, replace or swap with a neighbor until one text is the other. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const isSame = one[at - 1] === other[to - 1];
      const isSwapped = at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      next.push(
        Math.min(
          (row[to] ?? 0) + 1,
          (next[to - 1] ?? 0) + 1,
          (row[to - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[to - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}

/** A name that could be meant: all its words as one, and its last word. */
interface Candidate {
  readonly words: readonly string[];
  readonly whole: string;
  readonly last: string;
}

function toCandidate(words: readonly string[]): Candidate {
  return {
    words,
    whole: fold(words.filter((word) => word !== '<n>').join('')),
    last: fold(words.at(-1) ?? ''),
  };
}

/** Finds the column that the author of a header may have meant by a name that is none. */
export class ColumnSuggestions {
  private readonly candidates: readonly Candidate[];
  private readonly maps: readonly Candidate[];

  constructor(columns: readonly KindColumn[]) {
    const patterns = columns.flatMap(({ pattern, values = [] }) =>
      pattern.endsWith('<type>') ? values.map((type) => pattern.replace('<type>', type)) : [pattern],
    );
    const split = patterns.map((pattern) => pattern.split('.'));
    this.candidates = split.filter((words) => words.at(-1) !== '<name>').map(toCandidate);
    this.maps = split
      .filter((words) => words.at(-1) === '<name>')
      .map((words) => toCandidate(words.slice(0, -1)));
  }

  /** @returns a name with positions; undefined if no column is near */
  suggest(name: string): string | undefined {
    const words = name.split('.');
    for (const { words: map, whole } of this.maps) {
      const inner = words.slice(map.length).join('.');
      if (inner !== '' && fold(words.slice(0, map.length).join('')) === whole) {
        return `${withPositions(map, name)}.${inner}`;
      }
    }
    const found = this.find(words.map(fold));
    return found && withPositions(found.words, name);
  }

  private find(given: readonly string[]): Candidate | undefined {
    const folded = given.join('').slice(0, MAX_COMPARED_LENGTH);
    if (folded === '') return undefined;
    const synonym = SYNONYMS.get(folded);
    const translated = given.map((word) => fold(SYNONYMS.get(word) ?? word)).join('');
    return (
      this.candidates.find(({ whole }) => whole === folded) ??
      this.candidates.find(({ last }) => last === folded) ??
      (synonym === undefined ? undefined : this.findWord(synonym)) ??
      this.candidates.find(({ whole }) => whole === translated) ??
      this.findNearest(folded)
    );
  }

  /** Finds the column with this word, or the one that identifies the customer of this word. */
  private findWord(word: string): Candidate | undefined {
    const { candidates } = this;
    return (
      candidates.find(({ words }) => words.at(-1) === word) ??
      candidates.find(({ words }) => words.includes(word) && words.includes('identifiers'))
    );
  }

  private findNearest(folded: string): Candidate | undefined {
    let nearest: Candidate | undefined;
    let limit = Math.min(3, Math.floor(folded.length / 4)) + 1;
    for (const candidate of this.candidates) {
      for (const known of [candidate.whole, candidate.last]) {
        if (Math.abs(known.length - folded.length) >= limit) continue;
        const away = distance(folded, known);
        if (away >= limit) continue;
        limit = away;
        nearest = candidate;
      }
    }
    return nearest;
  }
}

/** Fills in the positions of the name that was given; 0 where it has none. */
function withPositions(words: readonly string[], name: string): string {
  const positions = name.match(/\d{1,3}/g) ?? [];
  return words.map((word) => (word === '<n>' ? String(Number(positions.shift() ?? 0)) : word)).join('.');
}
