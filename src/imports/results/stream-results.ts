import type { OutcomeDto, OutcomeErrorDto } from '../../writes/dto/outcome.dto.js';
import type {
  ImportRowsRepository,
  LineResult,
  ResultOutcome,
} from '../../records/import-rows.repository.js';
import { readStoredResult } from '../upload/stored-mistakes.js';
import { guardFormula, toCell } from './write-cells.js';

export type ResultFormat = 'ndjson' | 'csv';

const COLUMNS = [
  'line',
  'outcome',
  'reason',
  'codes',
  'errors',
  'pointsCredited',
  'creditId',
  'updateId',
  'attempts',
];

/** Explains an error of an outcome in a sentence that begins with its place. */
export function toMessage({ pointer, column, message, found }: OutcomeErrorDto): string {
  const place = column ?? pointer;
  const sentence = place ? `${place} ${message}` : message;
  return found === undefined ? sentence : `${sentence} (found ${found})`;
}

function toCsvRow({ line, result }: LineResult): string {
  const outcome = JSON.parse(result) as OutcomeDto;
  const errors = 'errors' in outcome ? (outcome.errors ?? []) : [];
  const codes = errors.flatMap(({ code }) => code ?? []);
  const messages = errors.map(toMessage);
  return [
    line,
    outcome.outcome,
    'reason' in outcome ? outcome.reason : '',
    codes.join(' '),
    messages.join('; '),
    outcome.pointsCredited ?? '',
    outcome.creditId ?? '',
    outcome.updateId ?? '',
    outcome.attempts,
  ]
    .map((value) => toCell(guardFormula(String(value))))
    .join(',');
}

function toJsonLine({ line, result }: LineResult): string {
  return `{"line":${line},${result.slice(1)}`;
}

const toCsvHead = (): string => `${COLUMNS.join(',')}\r\n`;

/** Writes results as the lines of a file. */
function writeResults(results: readonly LineResult[], format: ResultFormat): string {
  return results.map((one) => (format === 'csv' ? `${toCsvRow(one)}\r\n` : `${toJsonLine(one)}\n`)).join('');
}

/** Writes a whole file of some results, such as the example in the OpenAPI document. */
export function writeResultFile(results: readonly LineResult[], format: ResultFormat): string {
  return `${format === 'csv' ? toCsvHead() : ''}${writeResults(results, format)}`;
}

/** Streams the results of an import in the order of its lines. It reads a page when the reader has taken the one before. */
export async function* streamResults(
  rows: ImportRowsRepository,
  importId: string,
  format: ResultFormat,
  outcome?: ResultOutcome,
): AsyncGenerator<string> {
  if (format === 'csv') yield toCsvHead();
  for await (const { results } of rows.results(importId, { outcomes: outcome && [outcome] })) {
    const full = results.map((one) => ({ ...one, result: readStoredResult(one.result) }));
    yield writeResults(full, format);
  }
}
