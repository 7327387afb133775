import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { Problem } from '../problems/problem.js';
import { type StreamedType, typeOfFile } from './upload-types.js';

/** How many bytes a form may have beside its file. Our bound; clients need less than one KB. */
export const MAX_FORM_BYTES = 64 * 1024;
/** The bounds on the headers of a part. Ours; `maxHeaderSize` is missing in the types of the parser. */
const PART_BOUNDS = { maxHeaderPairs: 20, maxHeaderSize: 8192 };

/** The file of a form. */
export interface FormFile {
  readonly type: StreamedType;
  readonly contentType: string | undefined;
  /** Reading them throws a Problem if the form ends too early, or has a second part. */
  readonly bytes: AsyncIterable<Buffer>;
}

/** The headers of a part in lower case, each with all its values. */
type PartHeaders = Readonly<Record<string, readonly string[] | undefined>>;

const ADVICE =
  'Send one file, as `curl -F file=@customers.csv` does; parameters such as `kind` belong into the URL.';

function unreadable(detail: string): Problem {
  return new Problem('upload-unreadable', { detail });
}

function readBoundary(contentType: string): string {
  const [, quoted, plain] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70})(?=[;\s]|$))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary !== undefined) return boundary;
  throw unreadable('The Content-Type of the form has no boundary. Do not set this header; the client does.');
}

/** Checks that a part is a file that was chosen, and returns its name. */
function readFileName(headers: PartHeaders): string {
  const disposition = headers['content-disposition']?.[0] ?? '';
  const [, quoted, plain] = /;\s*filename\*?=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/i.exec(disposition) ?? [];
  const name = quoted ?? plain;
  if (!/^form-data(?:;|$)/i.test(disposition.trim()) || name === undefined) {
    throw unreadable(`The form has a field that is not a file. ${ADVICE}`);
  }
  if (name === '') throw unreadable(`No file was chosen in the form. ${ADVICE}`);
  const encoding = headers['content-transfer-encoding']?.[0]?.trim().toLowerCase() ?? 'binary';
  if (!['7bit', '8bit', 'binary'].includes(encoding)) {
    throw unreadable('The file has a Content-Transfer-Encoding, which forms do not have (RFC 7578).');
  }
  return name;
}

/** Yields the bytes of a part, and then waits until the whole form has proved to be complete. */
async function* bytesOf(part: Readable, isComplete: Promise<void>): AsyncGenerator<Buffer> {
  try {
    yield* part as AsyncIterable<Buffer>;
  } catch (error) {
    await isComplete; // rejects with the Problem that stopped the part
    throw error;
  }
  await isComplete;
}

/**
 * Opens a form (`multipart/form-data`) that has one file and nothing else, while it arrives. The file is streamed and
 * never stored; a slow reader slows the caller down.
 *
 * @returns the file, as soon as its headers arrived
 * @throws Problem of the body, `upload-unreadable`, or `unsupported-media-type` for a file of another type
 */
export function openFormFile(body: Readable, formType: string): Promise<FormFile> {
  const parser = new Dicer({ boundary: readBoundary(formType), ...PART_BOUNDS });
  return new Promise((resolve, reject) => {
    let file: Readable | undefined;
    let isOver = false;
    const completion = Promise.withResolvers<void>();
    completion.promise.catch(() => undefined); // without a file, there is no reader
    const fail = (problem: unknown): void => {
      body.unpipe(parser);
      completion.reject(problem);
      reject(problem);
      file?.destroy();
    };
    parser.on('part', (part) => {
      part.on('error', () => undefined); // the parser reports the same error
      if (file) {
        part.resume();
        return fail(unreadable(`The form has more than one part. ${ADVICE}`));
      }
      file = part;
      part.on('header', (headers) => {
        try {
          const name = readFileName(headers as PartHeaders);
          const contentType = (headers as PartHeaders)['content-type']?.[0];
          const type = typeOfFile(contentType, name);
          resolve({ type, contentType, bytes: bytesOf(part, completion.promise) });
        } catch (error) {
          fail(error);
        }
      });
    });
    parser.on('error', () =>
      fail(unreadable('The form ends too early, or its boundary is not that of its Content-Type.')),
    );
    // The parser emits this once the form is closed and its file was read.
    parser.on('finish', () => {
      isOver = true;
      reject(unreadable(`The form has no file. ${ADVICE}`));
      if (body.readableEnded) completion.resolve();
      else body.unpipe(parser).resume(); // bytes may follow the form
    });
    body.once('error', fail);
    body.once('end', () => {
      if (isOver) completion.resolve();
    });
    body.pipe(parser);
  });
}
