import type { Mistake } from '../../problems/problem.js';
import { pointerTo } from '../../validation/json-body.js';
import type { Header } from './csv-header.js';
import { damageOf } from './damaged-cells.js';
import type { Column, Path } from './resolve-column.js';

/** An object or list of a row while it is read: names or positions with their values. Positions may have gaps; the list has none. */
type Holder = Map<string | number, unknown>;

/** Returns the value of a cell; text of another form is left as it is, and validation reports what is wrong with it. */
function readCell(text: string, { type, identifierType }: Column): unknown {
  if (identifierType !== undefined) return { type: identifierType, value: text };
  if (type === 'whole number') return /^-?\d{1,15}(?:\.0{1,15})?$/.test(text) ? Number(text) : text;
  if (type === 'text') return text;
  const word = text.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : text;
}

function place(row: Holder, path: Path, value: unknown): void {
  let holder = row;
  for (const word of path.slice(0, -1)) {
    const inner = (holder.get(word) ?? new Map()) as Holder;
    holder.set(word, inner);
    holder = inner;
  }
  holder.set(path.at(-1) ?? '', value);
}

const isList = (holder: Holder): boolean => typeof holder.keys().next().value === 'number';

function positionsOf(holder: Holder): number[] {
  return [...holder.keys()].map(Number).toSorted((one, other) => one - other);
}

/** Turns holders into objects, and holders of positions into lists in the order of the positions. */
function toJson(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const holder = value as Holder;
  if (isList(holder)) return positionsOf(holder).map((position) => toJson(holder.get(position)));
  return Object.fromEntries([...holder].map(([word, one]) => [word, toJson(one)]));
}

function unescape(word: string): string {
  return word.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isWithin(inner: Path, outer: Path): boolean {
  return outer.every((word, at) => String(word) === String(inner[at]));
}

/** The cells of a row, by which a mistake in its value is found in the file. It is read only where there is a mistake. */
export class CsvRow {
  /** What programs did to the cells. */
  readonly mistakes: Mistake[] = [];
  readonly value: unknown;
  private readonly holder: Holder = new Map();

  constructor(
    private readonly header: Header,
    cells: readonly string[],
  ) {
    const damaged: [Column, string][] = [];
    for (const [index, column] of header.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '' || !column) continue;
      place(this.holder, column.path, readCell(cell, column));
      const damage = damageOf(cell, column.use);
      if (damage !== undefined) damaged.push([column, damage]);
    }
    this.value = toJson(this.holder);
    for (const [column, message] of damaged) {
      this.mistakes.push({ pointer: this.pointerOf(column), code: 'damaged', message });
    }
  }

  /** Returns the name of the column at a JSON Pointer into the value. An absent field has a column too. */
  columnAt(pointer: string): string | undefined {
    const path: (string | number)[] = [];
    let at: unknown = this.holder;
    for (const escaped of pointer.split('/').slice(1)) {
      const word = unescape(escaped);
      const position = at instanceof Map && isList(at) ? positionsOf(at)[Number(word)] : undefined;
      path.push(position ?? word);
      at = at instanceof Map ? (at as Holder).get(position ?? word) : undefined;
    }
    return this.findColumn(path);
  }

  /**
   * Finds the column of a path, of a value around it, or inside of it: the only one, or the first one of an element of a
   * list.
   */
  private findColumn(path: Path): string | undefined {
    const columns = this.header.filter((column) => column !== undefined);
    const around = columns.find((column) => isWithin(path, column.path));
    if (around) return around.name;
    const inside = columns.filter((column) => isWithin(column.path, path));
    return inside.length === 1 || path.length > 1 ? inside[0]?.name : undefined;
  }

  private pointerOf({ path, identifierType }: Column): string {
    let at: unknown = this.holder;
    let pointer = '';
    for (const word of path) {
      const isPosition = at instanceof Map && isList(at);
      pointer = pointerTo(pointer, isPosition ? positionsOf(at as Holder).indexOf(Number(word)) : word);
      at = at instanceof Map ? (at as Holder).get(word) : undefined;
    }
    return identifierType === undefined ? pointer : `${pointer}/value`;
  }
}

/** Reads a row by its header. The field of an empty cell is absent. */
export function readRow(header: Header, cells: readonly string[]): CsvRow {
  return new CsvRow(header, cells);
}
