import { isReservedName } from '../http/json-body.js';
import { ProblemException } from '../http/problem.js';

/** A cell's place in the DTO: names, and positions in lists. */
type Path = readonly (string | number)[];

/** What is given for a column that is not text. */
const WHOLE_NUMBERS = new Set(['programId', 'tierNumber', 'loyaltyPoints', 'seriesId']);
const BOOLEANS = new Set(['primary', 'verified', 'residence', 'office']);
/** Maps of the organisation's own fields: their values are text, whatever they are named. */
const MAPS = new Set(['fields', 'extendedFields']);

/** Our bounds. */
const MAX_COLUMNS = 500;
const MAX_DEPTH = 8;
const MAX_POSITION = 999;

type Holder = Record<string, unknown> | unknown[];

function unreadable(detail: string): ProblemException {
  return new ProblemException('upload-unreadable', detail);
}

function readPath(name: string, column: number): Path {
  const words = name.trim().split('.');
  const isBad = words.length > MAX_DEPTH || words.some((word) => word === '' || isReservedName(word));
  // Within a map everything after its name is one name.
  const map = words.findIndex((word) => MAPS.has(word));
  const path = map < 0 ? words : [...words.slice(0, map + 1), words.slice(map + 1).join('.')];
  const isInList = (at: number): boolean => /^\d+$/.test(path[at] ?? '') && (map < 0 || at <= map);
  const read = path.map((word, at) => (isInList(at) ? Number(word) : word));
  if (isBad || path.at(-1) === '' || read.some((word) => typeof word === 'number' && word > MAX_POSITION)) {
    throw unreadable(`The name of column ${column} is not the path of a field.`);
  }
  return read;
}

/** Reads a header: each name is the path of a field, such as `cards.0.number`. */
export function readHeader(names: readonly string[]): Path[] {
  if (names.length > MAX_COLUMNS) throw unreadable(`The header has more than ${MAX_COLUMNS} columns.`);
  const paths = names.map((name, index) => readPath(name, index + 1));
  const seen = new Set<string>();
  for (const [index, path] of paths.entries()) {
    const name = path.join('.');
    // A field that is both a value and a holder of others would lose one of them.
    const clashes = [...seen].some(
      (other) => `${name}.`.startsWith(`${other}.`) || other.startsWith(`${name}.`),
    );
    if (clashes) throw unreadable(`The name of column ${index + 1} stands in the header already.`);
    seen.add(name);
  }
  return paths;
}

function readCell(text: string, path: Path): unknown {
  const name = String(path.at(-1));
  const isInMap = path.some((word, at) => at < path.length - 1 && MAPS.has(String(word)));
  if (isInMap) return text;
  if (WHOLE_NUMBERS.has(name) && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (BOOLEANS.has(name) && (text === 'true' || text === 'false')) return text === 'true';
  return text; // validation says what is wrong with it
}

function place(holder: Holder, path: Path, value: unknown): void {
  const [word = '', ...rest] = path;
  const [kind] = rest;
  // `identifiers.mobile` names a type in place of a position.
  if (word === 'identifiers' && typeof kind === 'string' && rest.length === 1) {
    const slot = holder as { identifiers?: unknown[] };
    (slot.identifiers ??= []).push({ type: kind, value });
    return;
  }
  const slots = holder as Record<string | number, unknown>;
  if (rest.length === 0) slots[word] = value;
  else place((slots[word] ??= typeof kind === 'number' ? [] : {}) as Holder, rest, value);
}

/** Lists without the places that only empty cells were for. */
function closeGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== undefined).map(closeGaps);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closeGaps(one)]));
}

/** Reads a row by its header. An empty cell says nothing about its field. */
export function readRow(header: readonly Path[], cells: readonly string[]): unknown {
  const value: Holder = {};
  for (const [index, path] of header.entries()) {
    const cell = cells[index] ?? '';
    if (cell !== '') place(value, path, readCell(cell, path));
  }
  return closeGaps(value);
}
