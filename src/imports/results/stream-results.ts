import type { OutcomeDto } from '../../writes/dto/outcome.dto.js';
import type {
  ImportRowsRepository,
  LineResult,
  ResultOutcome,
} from '../../records/import-rows.repository.js';
import { readStored } from '../upload/stored-mistakes.js';

/** Results that are read at once. */
const PAGE = 500;

export type ResultForm = 'ndjson' | 'csv';

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

/** A cell; one that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function tellCsv({ line, result }: LineResult): string {
  const told = JSON.parse(result) as OutcomeDto;
  const errors = 'errors' in told ? (told.errors ?? []) : [];
  const codes = errors.flatMap(({ code }) => code ?? []);
  const sentences = errors.map(({ pointer, message }) => (pointer ? `${pointer} ${message}` : message));
  return [
    line,
    told.outcome,
    'reason' in told ? told.reason : '',
    codes.join(' '),
    sentences.join('; '),
    told.pointsCredited ?? '',
    told.creditId ?? '',
    told.updateId ?? '',
    told.attempts,
  ]
    .map(cell)
    .join(',');
}

function tellJson({ line, result }: LineResult): string {
  return `{"line":${line},${result.slice(1)}`;
}

/** All results of an import in the order of lines, read page by page as they are taken. */
export async function* tellResults(
  rows: ImportRowsRepository,
  importId: string,
  form: ResultForm,
  outcome?: ResultOutcome,
): AsyncGenerator<string> {
  if (form === 'csv') yield `${COLUMNS.join(',')}\r\n`;
  for (let after = 0; ;) {
    // oxlint-disable-next-line no-await-in-loop -- page by page
    const stored = await rows.results(importId, after, PAGE, { outcome });
    const page = stored.map((one) => ({ ...one, result: readStored(one.result) }));
    if (page.length > 0) {
      yield page.map((one) => (form === 'csv' ? `${tellCsv(one)}\r\n` : `${tellJson(one)}\n`)).join('');
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.line;
  }
}
