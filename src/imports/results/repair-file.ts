import type { OutcomeDto } from '../../writes/dto/outcome.dto.js';
import type { CsvForm, KeptCsv } from '../../records/import-csv.repository.js';
import type {
  ImportRowsRepository,
  LineResult,
  ResultOutcome,
} from '../../records/import-rows.repository.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { invalidRequest, Problem } from '../../problems/problem.js';
import { REPAIR_COLUMNS, isRepairColumn } from '../upload/repair-columns.js';
import { readStoredResult } from '../upload/stored-mistakes.js';
import { toMessage } from './stream-results.js';
import { guardFormula, toCell } from './write-cells.js';

/** Says that the file is UTF-8. Excel reads it as another encoding otherwise. */
const BYTE_ORDER_MARK = '\u{feff}';

const NOT_UPDATED: readonly ResultOutcome[] = ['rejected', 'failed', 'unknown'];

/** What decides which rows of an import belong into its repair file. */
export interface Repair extends KeptCsv {
  readonly form: CsvForm;
  /** Only rows with this outcome. */
  readonly outcome?: ResultOutcome | undefined;
}

/**
 * Checks that an import has a repair file.
 *
 * @throws Problem `invalid-request` if it was not uploaded as CSV; `import-state` while it has not ended, as rows that
 * fail later would be missing, and after its rows were removed
 */
export function demandRepair(
  { finishedAt, emptiedAt }: StoredImport,
  kept: KeptCsv,
  outcome?: ResultOutcome,
): Repair {
  if (finishedAt === null) {
    throw new Problem('import-state', {
      detail: 'The import has not ended, and rows that fail later would be missing in the repair file.',
    });
  }
  if (emptiedAt !== null) {
    throw new Problem('import-state', {
      detail: 'The rows of the import were removed after IMPORT_RETENTION_MS, so there is no repair file.',
    });
  }
  const { form } = kept;
  if (form) return { ...kept, form, outcome };
  const message = 'is for imports from CSV; results have the number of each line of this one';
  throw invalidRequest([{ parameter: 'form', code: 'combination', message }]);
}

/**
 * Whether a row may be uploaded again. Points that may have been credited would be credited twice, and failed lines
 * that a retry has taken over would be sent twice.
 */
function isRepairable(outcome: OutcomeDto, isRetried: boolean): boolean {
  switch (outcome.outcome) {
    case 'updated':
      return false;
    case 'rejected':
      return true;
    case 'failed':
      return !isRetried;
    case 'unknown':
      return outcome.retryable;
  }
}

/** Explains an outcome on one line, as an upload refuses cells with line breaks. */
function toReason(outcome: OutcomeDto): string {
  const errors = 'errors' in outcome ? (outcome.errors ?? []) : [];
  const messages = errors.map(toMessage);
  const reasons = 'reason' in outcome ? [outcome.reason, ...messages] : messages;
  return guardFormula(reasons.join('; ').replaceAll(/[\s\p{Cc}]+/gu, ' '));
}

/** Says in `Meniscus-Left-Out` how many rows the file does not have though they were not updated; undefined if it has all. */
export async function countLeftOut(
  rows: ImportRowsRepository,
  { id, failed, unknown }: StoredImport,
  { erasedCount, isRetried, outcome }: Repair,
): Promise<string | undefined> {
  const isAsked = (one: ResultOutcome): boolean => outcome === undefined || outcome === one;
  let inDoubt = 0;
  if (unknown > 0 && isAsked('unknown')) {
    for await (const { results } of rows.results(id, { outcomes: ['unknown'] })) {
      inDoubt += results.filter(({ result }) => !isRepairable(readOutcome(result), isRetried)).length;
    }
  }
  const counts = {
    erased: erasedCount,
    retried: isRetried && isAsked('failed') ? failed : 0,
    unknown: inDoubt,
  };
  const said = Object.entries(counts).flatMap(([why, count]) => (count > 0 ? [`${why}=${count}`] : []));
  return said.length > 0 ? said.join(', ') : undefined;
}

function readOutcome(result: string): OutcomeDto {
  return JSON.parse(readStoredResult(result)) as OutcomeDto;
}

/**
 * Streams the rows of a CSV upload that were not updated, each with its outcome and the reason. The cells of the upload
 * stay as they were, also those that a spreadsheet would run as a formula: a mobile number may begin with +, and what is
 * altered here would be uploaded altered.
 */
export async function* streamRepair(
  rows: ImportRowsRepository,
  importId: string,
  { form: { header, separator, lineEnd }, isRetried, outcome: only }: Repair,
): AsyncGenerator<string> {
  // The upload may have been a repair file itself.
  const own = (cells: readonly string[]): readonly string[] =>
    cells.filter((_cell, index) => !isRepairColumn(header[index] ?? ''));
  const toRow = (cells: readonly string[]): string =>
    `${cells.map((cell) => toCell(cell, separator)).join(separator)}${lineEnd}`;
  yield BYTE_ORDER_MARK + toRow([...REPAIR_COLUMNS, ...own(header)]);
  const outcomes = only ? NOT_UPDATED.filter((one) => one === only) : NOT_UPDATED;
  for await (const { number, results } of rows.results(importId, { outcomes })) {
    const cellsOf = await readCells(rows, importId, number, results);
    const text = results.map(({ line, result }) => {
      const cells = cellsOf.get(line);
      const outcome = readOutcome(result);
      if (!cells || !isRepairable(outcome, isRetried)) return '';
      return toRow([outcome.outcome, toReason(outcome), ...own(cells)]);
    });
    yield text.join('');
  }
}

/** Reads the cells of the lines of a step: those that are not valid have them in their results, the others in their chunk. */
async function readCells(
  rows: ImportRowsRepository,
  importId: string,
  number: number,
  results: readonly LineResult[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const isAnyValid = results.some(({ row }) => row === undefined);
  const items = isAnyValid ? await rows.items(importId, number) : [];
  return new Map([
    ...items.flatMap(({ line, cells }) => (cells ? [[line, cells] as const] : [])),
    ...results.flatMap(({ line, row }) =>
      row === undefined ? [] : [[line, JSON.parse(row) as string[]] as const],
    ),
  ]);
}
