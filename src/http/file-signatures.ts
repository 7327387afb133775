import { SAVE_AS_CSV } from './upload-types.js';

/** How many bytes of a file are needed to recognize it: the first name in a ZIP archive begins at byte 30. */
export const SIGNATURE_BYTES = 96;

const UNPACK = 'Upload the file inside of it; gzip is the only compression that is read.';
const OPEN_DOCUMENT = `The file is an OpenDocument file, such as a spreadsheet. ${SAVE_AS_CSV}`;
const WORKBOOK = `The file is an Excel workbook, or another Office file. ${SAVE_AS_CSV}`;
const NOT_READ = 'Export it as CSV, NDJSON or JSON.';

/** The first bytes of files that are no text, in latin1, with what to say about them. No CSV or JSON begins like this. */
const SIGNATURES: readonly (readonly [signature: string, sentence: string])[] = [
  [
    '\xd0\xcf\x11\xe0',
    `The file is an old Excel workbook (.xls), or another old Office file. ${SAVE_AS_CSV}`,
  ],
  ['PK\x05\x06', `The file is an empty ZIP archive. ${UNPACK}`],
  ['PK\x07\x08', `The file is a ZIP archive. ${UNPACK}`],
  ['%PDF-', `The file is a PDF. ${NOT_READ}`],
  ['PAR1\x15', `The file is Parquet. ${NOT_READ}`],
  ['Obj\x01', `The file is Avro. ${NOT_READ}`],
  ['ORC\x08', `The file is ORC. ${NOT_READ}`],
  ['SQLite format 3\0', `The file is a SQLite database. ${NOT_READ}`],
  ['\x28\xb5\x2f\xfd', `The file is compressed with Zstandard. ${UNPACK}`],
  ['\xfd7zXZ\0', `The file is compressed with XZ. ${UNPACK}`],
  ['7z\xbc\xaf\x27\x1c', `The file is a 7-Zip archive. ${UNPACK}`],
  ['Rar!\x1a\x07', `The file is a RAR archive. ${UNPACK}`],
];

/** The names with which the archives begin that Excel and other programs of the kind write. */
const IN_WORKBOOK = /^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/;

function describeZip(start: string): string {
  const first = start.slice(30);
  if (IN_WORKBOOK.test(first)) return WORKBOOK;
  if (first.startsWith('mimetypeapplication/vnd.oasis.')) return OPEN_DOCUMENT;
  return `The file is a ZIP archive. ${UNPACK}`;
}

/** Whether a file begins like gzip. */
export function beginsLikeGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** Says what a file is that cannot be read, by its first bytes after decompression; undefined if it may be text. */
export function describeForeignFile(start: Buffer): string | undefined {
  if (beginsLikeGzip(start)) return 'The file is compressed twice. Compress it once.';
  const text = start.toString('latin1');
  if (text.startsWith('PK\x03\x04')) return describeZip(text);
  return SIGNATURES.find(([signature]) => text.startsWith(signature))?.[1];
}
