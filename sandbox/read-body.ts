import type { IncomingMessage } from 'node:http';

export const mostBodyBytes = 20 * 1024 * 1024;

/** Beyond this the connection of a client that goes on sending is closed. */
const mostIgnoredBytes = 200 * 1024 * 1024;

/** `gone`: the client hung up before its body was complete. */
export type Body = { kind: 'complete'; bytes: Buffer } | { kind: 'too-large' } | { kind: 'gone' };

/** Reads a body to its end even when it is too large, because a client may not read the 413 while it still writes. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let readBytes = 0;
    request.on('data', (chunk: Buffer) => {
      readBytes += chunk.length;
      if (readBytes <= mostBodyBytes) chunks.push(chunk);
      else chunks = [];
      if (readBytes > mostIgnoredBytes) request.destroy();
    });
    request.on('end', () =>
      resolve(
        readBytes > mostBodyBytes
          ? { kind: 'too-large' }
          : { kind: 'complete', bytes: Buffer.concat(chunks) },
      ),
    );
    request.on('error', () => resolve({ kind: 'gone' }));
    request.on('close', () => resolve({ kind: 'gone' })); // after `end` this changes nothing
  });
}
