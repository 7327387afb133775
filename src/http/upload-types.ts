import { Problem } from '../problems/problem.js';
import type { Example } from './openapi/example.js';

export const STREAMED_TYPES = ['application/json', 'application/x-ndjson', 'text/csv'] as const;
export type StreamedType = (typeof STREAMED_TYPES)[number];

/** The content type of a form with one file, as `curl -F` and browsers send it. */
export const FORM_TYPE = 'multipart/form-data';

/** Content types of uploads that are documented, with the format that each of them names. */
const DOCUMENTED = {
  'application/json': 'application/json',
  'application/x-ndjson': 'application/x-ndjson',
  'application/ndjson': 'application/x-ndjson',
  'application/jsonl': 'application/x-ndjson',
  'application/x-jsonlines': 'application/x-ndjson',
  'text/csv': 'text/csv',
  'application/csv': 'text/csv',
  'text/tab-separated-values': 'text/csv',
} as const satisfies Record<string, StreamedType>;

/**
 * Windows with Excel installed gives every CSV file this type, so browsers send it. Decision 59: it is read as CSV, and
 * the first bytes show whether it is a workbook.
 */
const OF_WINDOWS = 'application/vnd.ms-excel';

const TYPES: ReadonlyMap<string, StreamedType> = new Map<string, StreamedType>([
  ...Object.entries(DOCUMENTED),
  [OF_WINDOWS, 'text/csv'],
]);

const ENDINGS: ReadonlyMap<string, StreamedType> = new Map([
  ['csv', 'text/csv'],
  ['tsv', 'text/csv'],
  ['json', 'application/json'],
  ['jsonl', 'application/x-ndjson'],
  ['ndjson', 'application/x-ndjson'],
]);

/** Workbooks, which people upload in place of CSV: the ends of their names, and their types. */
const WORKBOOK_NAME = /\.(?:xls[xmb]?|ods|numbers)$/;
const WORKBOOK_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.ms-excel.sheet.macroenabled.12',
  'application/vnd.ms-excel.sheet.binary.macroenabled.12',
  'application/vnd.oasis.opendocument.spreadsheet',
]);

export const SAVE_AS_CSV = 'Save it as "CSV UTF-8" and upload that file.';

/** Returns a content type in lower case without its parameters. */
function bareType(given: string | undefined): string {
  return given?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Returns the `charset` of a content type as it was sent. */
export function readCharset(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
}

function workbook(what: string): Problem {
  return new Problem('unsupported-media-type', {
    detail: `${what} is a workbook of a spreadsheet program. ${SAVE_AS_CSV}`,
  });
}

/** Creates the problem of a body or a file of a type that cannot be read. */
export function refuseType(given: string, what: string): Problem {
  if (WORKBOOK_TYPES.has(given)) return workbook(what);
  const list = [...Object.keys(DOCUMENTED), FORM_TYPE].join(', ');
  return new Problem('unsupported-media-type', {
    detail: `The type of ${what.toLowerCase()} cannot be read. Its Content-Type must be one of: ${list}.`,
  });
}

/**
 * Returns the format that a content type of a request names; undefined for a form, as its file names the format.
 *
 * @throws Problem `unsupported-media-type`, with the list of types
 */
export function typeOfBody(contentType: string | undefined): StreamedType | undefined {
  const given = bareType(contentType);
  const type = TYPES.get(given);
  if (type || given === FORM_TYPE) return type;
  throw refuseType(given, 'The body');
}

/**
 * Returns the format of the file of a form: by its content type, else by the end of its name, with or without `.gz`.
 * Many clients know no type for these files, and send `application/octet-stream` or `text/plain`.
 *
 * @throws Problem `unsupported-media-type`, with the list of types
 */
export function typeOfFile(contentType: string | undefined, fileName: string): StreamedType {
  const given = bareType(contentType);
  const name = fileName.toLowerCase().replace(/\.gz$/, '');
  const byName = ENDINGS.get(/\.(\w+)$/.exec(name)?.[1] ?? '');
  const type = (given === OF_WINDOWS ? byName : undefined) ?? TYPES.get(given) ?? byName;
  if (WORKBOOK_NAME.test(name)) throw workbook('The file');
  if (type) return type;
  throw refuseType(given, 'The file');
}

/** A union of the bodies of all kinds would be no help to a reader; the description of the body says what an element is. */
const ITEMS = { schema: { type: 'array', items: { type: 'object' } } };
/** What Swagger UI sends: a person replaces it by a few lines of a file. */
const NDJSON = {
  schema: { type: 'string' },
  examples: {
    'two-customers': {
      summary: 'Two customers, one object on each line: 202',
      value:
        '{"identifiers":[{"type":"mobile","value":"919900000001"}],"firstName":"Asha","loyaltyType":"loyalty"}\n' +
        '{"identifiers":[{"type":"mobile","value":"919900000002"}],"firstName":"Ben","loyaltyType":"loyalty"}\n',
    },
  },
};
const CSV = {
  schema: { type: 'string' },
  examples: {
    'two-customers': {
      summary: 'Two customers, one row each below the header: 202',
      value:
        'identifiers.mobile,firstName,loyaltyType\n919900000001,Asha,loyalty\n919900000002,Ben,loyalty\n',
    },
  },
};
const FORM = {
  schema: {
    type: 'object',
    required: ['file'],
    properties: {
      file: {
        type: 'string',
        format: 'binary',
        description:
          'One file, plain or gzip. Its content type, or the end of its name (.csv, .tsv, .ndjson, .jsonl, .json), says what it is.',
      },
    },
  },
};

/** A schema and examples of the OpenAPI document. */
interface UploadContent {
  readonly schema: object;
  readonly examples?: Readonly<Record<string, Example<string>>>;
}

const CONTENT: Readonly<Record<StreamedType, UploadContent>> = {
  'application/json': ITEMS,
  'application/x-ndjson': NDJSON,
  'text/csv': CSV,
};

/**
 * What the OpenAPI document says of the body for each documented content type. The form is first: Swagger UI shows its
 * file field without a choice, and generators of clients that support one type make a method that takes a file.
 */
export const UPLOAD_CONTENT: Readonly<Record<string, UploadContent>> = {
  [FORM_TYPE]: FORM,
  ...Object.fromEntries(Object.entries(DOCUMENTED).map(([name, type]) => [name, CONTENT[type]])),
};
