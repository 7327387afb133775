import type { Settings } from '../../config/settings.js';
import { Problem, type ValueMistake } from '../../problems/problem.js';
import type { UpdateKind } from '../../writes/update-kind.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { type Fields, type KindColumn, columnsOf, readFields } from './kind-columns.js';
import { isRepairColumn } from './repair-columns.js';
import { type Column, resolveColumn } from './resolve-column.js';
import { ColumnSuggestions } from './suggest-column.js';

/** The columns of a file, in its order. A column that is passed over, such as one without a name, is undefined. */
export type Header = readonly (Column | undefined)[];

/** What a header may have: the columns of the kind, without those that a setting fills in. */
export interface HeaderRules {
  readonly kind: UpdateKind;
  readonly settings: Settings;
}

/** Our bounds. */
const MAX_COLUMNS = 500;
const MAX_QUOTED_LENGTH = 100;
const MAX_SUGGESTIONS = 100;

/** Quotes a name of a header, unless it may be a value: a file without a header begins with a row of data. */
function quote(name: string): string {
  if (/\d{6}|@/.test(name)) return '(not shown, as it looks like a value)';
  const shown = name.replace(/[\p{C}\u{fffd}]/gu, '?');
  return shown.length > MAX_QUOTED_LENGTH ? `${shown.slice(0, MAX_QUOTED_LENGTH)}…` : shown;
}

/** A mistake in a header. */
interface HeaderMistake extends ValueMistake {
  /** The name as the header spells it. */
  readonly column: string;
  /** The position of the column from 1; absent where the column is missing. */
  readonly position?: number;
  readonly suggestion?: string;
}

function otherKinds(name: string, own: UpdateKind): string[] {
  return Object.values(UPDATE_KINDS)
    .filter((kind) => kind.name !== own.name && 'column' in resolveColumn(name, 0, readFields(kind.dto)))
    .map((kind) => kind.name);
}

/** Reads the names of one header, and collects everything that is wrong with them. */
class HeaderReading {
  readonly mistakes: HeaderMistake[] = [];
  readonly columns: (Column | undefined)[] = [];
  private readonly known: readonly KindColumn[];
  private readonly fields: Fields;
  private readonly suggestions: ColumnSuggestions;
  private readonly suggested = new Set<string>();
  private suggestionCount = 0;

  constructor(private readonly rules: HeaderRules) {
    this.known = columnsOf(rules.kind.dto);
    this.fields = readFields(rules.kind.dto);
    this.suggestions = new ColumnSuggestions(this.known);
  }

  read(names: readonly string[]): void {
    for (const [index, spelled] of names.entries()) {
      const name = spelled.trim();
      const isPassedOver = name === '' || isRepairColumn(name);
      const resolved = isPassedOver ? undefined : resolveColumn(name, index, this.fields);
      if (resolved && 'reason' in resolved) this.addUnknown(name, index, resolved.reason);
      this.columns.push(resolved && 'column' in resolved ? resolved.column : undefined);
    }
    this.findOverlaps();
    this.findMissing();
  }

  private addUnknown(name: string, index: number, reason: ValueMistake | undefined): void {
    const { kind } = this.rules;
    const at = { column: quote(name), position: index + 1 };
    if (reason !== undefined) {
      this.mistakes.push({ ...at, ...reason });
      return;
    }
    const others = otherKinds(name, kind);
    if (others.length > 0) {
      const message = `is a column of ${others.join(' and ')}, not of ${kind.name}`;
      this.mistakes.push({ ...at, code: 'unknown-property', message });
      return;
    }
    const suggestion = this.suggest(name);
    const hint = suggestion === undefined ? this.hintAtMaps() : `; did you mean ${suggestion}?`;
    this.mistakes.push({
      ...at,
      code: 'unknown-property',
      message: `is not a column of ${kind.name}${hint}`,
      ...(suggestion !== undefined && { suggestion }),
    });
  }

  private suggest(name: string): string | undefined {
    this.suggestionCount += 1;
    if (this.suggestionCount > MAX_SUGGESTIONS || quote(name) !== name) return undefined;
    const suggestion = this.suggestions.suggest(name);
    const resolved = suggestion === undefined ? undefined : resolveColumn(suggestion, 0, this.fields);
    if (!resolved || !('column' in resolved)) return undefined;
    this.suggested.add(resolved.column.pattern);
    return suggestion;
  }

  /** A column that is no field of ours may be one of the organization. */
  private hintAtMaps(): string {
    const maps = this.known.flatMap(({ pattern }) => (/^\w+\.<name>$/.test(pattern) ? [pattern] : []));
    return maps.length === 0 ? '' : `; for a field of your organization, write ${maps.join(' or ')}`;
  }

  private findOverlaps(): void {
    const places = new Map<string, number>();
    for (const [index, column] of this.columns.entries()) {
      if (!column) continue;
      const key = column.path.join('.');
      const earlier = places.get(key);
      if (earlier === undefined) places.set(key, index);
      else {
        const message = `is for the same field as column ${earlier + 1}`;
        this.mistakes.push({ column: column.name, position: index + 1, code: 'repeated', message });
      }
    }
  }

  private findMissing(): void {
    const { kind, settings } = this.rules;
    const present = new Set([...this.suggested, ...this.columns.map((column) => column?.pattern)]);
    const filledIn = Object.keys(Object(kind.withDefaults?.({}, settings)) as object);
    for (const { pattern, name, required } of this.known) {
      if (required !== 'always' || present.has(pattern) || filledIn.includes(name)) continue;
      if (!pattern.endsWith('<type>')) {
        this.mistakes.push({ column: name, code: 'required', message: 'is missing, and each row needs it' });
      } else if (!present.has('identifiers.<n>.value') && !present.has('cards.<n>.number')) {
        const message = 'is missing: each row needs an identifier or a card of the customer';
        this.mistakes.push({ column: name, code: 'required', message });
      }
    }
  }

  /** Names all mistakes at once, and what the header may have. */
  problem(): Problem {
    const { name } = this.rules.kind;
    const isNone = this.columns.every((column) => column === undefined);
    const hint = isNone ? 'No name in it is a column; the first line of a CSV must be its header. ' : '';
    return new Problem('upload-unreadable', {
      detail: `The header has ${this.mistakes.length} mistake(s). ${hint}Each is in errors, and the columns of ${name} are in columns.`,
      errors: this.mistakes.toSorted((one, other) => (one.position ?? 1e9) - (other.position ?? 1e9)),
      columns: this.known.map(({ pattern }) => pattern),
    });
  }
}

/**
 * Reads a header: each name is the path of a field, such as `cards.0.number`, and is spelled exactly so.
 *
 * @throws Problem `upload-unreadable` with all mistakes of the header
 */
export function readHeader(names: readonly string[], rules: HeaderRules): Header {
  if (names.filter((name) => name.trim() !== '').length > MAX_COLUMNS) {
    throw new Problem('upload-unreadable', { detail: `The header has more than ${MAX_COLUMNS} columns.` });
  }
  const reading = new HeaderReading(rules);
  reading.read(names);
  if (reading.mistakes.length > 0) throw reading.problem();
  return reading.columns;
}
