import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recognizeFile } from './recognize-file.js';

const MAX_BYTES = 100_000;

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(given: Buffer, pieceBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of await recognizeFile(inPieces(given, pieceBytes), MAX_BYTES)) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

/** Writes the start of a ZIP archive: a header of 30 bytes, the name of the first file, and its content. */
const zip = (name: string, content = ''): string => `PK\x03\x04${'\0'.repeat(26)}${name}${content}`;

describe(recognizeFile.name, () => {
  it.each([
    ['nothing', ''],
    ['one byte', '\x1f'],
    ['text', 'identifiers.mobile\n919900000001\n'],
    ['text after a byte order mark', '\xef\xbb\xbfa,b\n'],
    ['UTF-16', '\xff\xfea\0,\0b\0'],
    ['words that begin like the name of a format', 'PARTNER,Object,ORCHARD,Rar!'],
    ['more than one piece', 'x'.repeat(1000)],
  ])('passes on %s unchanged, plain or from gzip', async (_case, text) => {
    const bytes = Buffer.from(text, 'latin1');
    for (const pieceBytes of [1, 5, 100_000]) {
      // oxlint-disable-next-line no-await-in-loop -- the first size of pieces that fails ends the test
      expect(await read(bytes, pieceBytes)).toBe(text);
      // oxlint-disable-next-line no-await-in-loop -- the first size of pieces that fails ends the test
      expect(await read(gzipSync(bytes), pieceBytes)).toBe(text);
    }
  });

  it.each([
    ['an Excel workbook', zip('[Content_Types].xml'), /Excel workbook.*CSV UTF-8/],
    ['an Excel workbook of another program', zip('xl/workbook.xml'), /Excel workbook.*CSV UTF-8/],
    ['an Excel workbook with its properties first', zip('docProps/app.xml'), /Excel workbook.*CSV UTF-8/],
    ['an old Excel workbook', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', /old Excel workbook.*CSV UTF-8/],
    [
      'an OpenDocument spreadsheet',
      zip('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'),
      /OpenDocument.*CSV UTF-8/,
    ],
    ['a ZIP archive', zip('customers.csv'), /ZIP archive.*gzip/],
    ['an empty ZIP archive', 'PK\x05\x06\0\0', /empty ZIP archive/],
    ['a ZIP archive in parts', 'PK\x07\x08PK\x03\x04', /ZIP archive/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['Parquet', 'PAR1\x15\x04\x15', /Parquet/],
    ['Avro', 'Obj\x01\x04', /Avro/],
    ['Zstandard', '\x28\xb5\x2f\xfd\x24', /Zstandard.*gzip/],
    ['XZ', '\xfd7zXZ\0', /XZ/],
    ['a 7-Zip archive', '7z\xbc\xaf\x27\x1c', /7-Zip/],
    ['gzip of gzip', gzipSync('a').toString('latin1'), /twice/, true],
  ])('refuses %s by name, plain or from gzip', async (_case, text, sentence, onlyInGzip = false) => {
    const bytes = Buffer.from(text, 'latin1');
    const forms = [...(onlyInGzip ? [] : [bytes]), gzipSync(bytes)];
    for (const form of forms) {
      for (const pieceBytes of [1, 100_000]) {
        // oxlint-disable-next-line no-await-in-loop -- the first size of pieces that fails ends the test
        await expect(read(form, pieceBytes)).rejects.toMatchObject({
          type: 'unsupported-media-type',
          detail: expect.stringMatching(sentence),
        });
      }
    }
  });

  it('reads gzip with several members, as `cat a.gz b.gz` writes it', async () => {
    expect(await read(Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]), 7)).toBe('a\nb\n');
  });

  it.each([
    ['above the limit after decompression', gzipSync(Buffer.alloc(MAX_BYTES + 1, 'x')), 'body-too-large'],
    ['above the limit', Buffer.alloc(MAX_BYTES + 1, 'x'), 'body-too-large'],
    ['gzip that ends too early', gzipSync('x'.repeat(1000)).subarray(0, 25), 'upload-unreadable'],
    ['only the first bytes of gzip', Buffer.from([0x1f, 0x8b]), 'upload-unreadable'],
    [
      'gzip that is damaged',
      Buffer.concat([gzipSync('a').subarray(0, 10), Buffer.from('zzzzzz')]),
      'upload-unreadable',
    ],
  ])('refuses what is %s', async (_case, given, type) => {
    await expect(read(given, 10_000)).rejects.toMatchObject({ type });
  });

  it('stops reading a source when its reader stops', async () => {
    let isStopped = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.alloc(1000, 'x');
      } finally {
        isStopped = true;
      }
    }
    for await (const piece of await recognizeFile(endless(), MAX_BYTES)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(isStopped).toBe(true);
  });
});
