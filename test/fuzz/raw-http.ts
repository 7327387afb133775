import { connect } from 'node:net';

/** A raw HTTP response; the body is not decompressed. */
export interface RawAnswer {
  readonly status: number;
  /** In the order of arrival, with names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const GIVE_UP_MS = 30_000;

/** The time for which an event stream is read. */
const WATCH_MS = 100;

function withoutChunks(text: string): string {
  let body = '';
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    const length = Number.parseInt(text.slice(at, end), 16);
    if (!(length > 0)) break;
    body += text.slice(end + 2, end + 2 + length);
    at = end + 4 + length;
  }
  return body;
}

function read(bytes: string): RawAnswer | undefined {
  const text = bytes.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (!(status > 0)) return undefined;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const isChunked = headers.some(([name, value]) => name === 'transfer-encoding' && value === 'chunked');
  const body = text.slice(end + 4);
  return {
    status,
    headers,
    body: Buffer.from(isChunked ? withoutChunks(body) : body, 'latin1').toString('utf8'),
  };
}

/**
 * Sends bytes that no HTTP client sends, and reads until the connection ends.
 *
 * @param pieces written one after the other, with backpressure, until an answer arrives
 * @returns undefined when the connection ended, or was silent for half a minute, without an answer
 */
export function sendRaw(url: string, pieces: Iterable<string | Buffer>): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const parts: string[] = [];
    const socket = connect(Number(port), hostname);
    const left = pieces[Symbol.iterator]();
    const write = (): void => {
      while (parts.length === 0 && !socket.destroyed) {
        const next = left.next();
        if (next.done === true || !socket.write(next.value)) return;
      }
    };
    socket.setTimeout(GIVE_UP_MS, () => socket.destroy());
    socket.setEncoding('latin1').on('connect', write).on('drain', write);
    socket.on('data', (text: string) => {
      parts.push(text);
      if (/^content-type: text\/event-stream/im.test(text)) setTimeout(() => socket.destroy(), WATCH_MS);
    });
    socket.on('error', () => undefined); // the end follows
    socket.once('close', () => resolve(read(parts.join(''))));
  });
}
