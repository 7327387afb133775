import { type Socket, connect } from 'node:net';

/** A TCP connection on which a test writes what no HTTP client sends. */
export interface RawConnection {
  readonly socket: Socket;
  /** Resolves with everything received, possibly nothing, when the other side has closed the connection. */
  readonly ended: Promise<string>;
}

/** @param bytes written as soon as the connection is open */
export function openRaw(url: string, bytes: string | Buffer = ''): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined); // `close` follows
  return { socket, ended: new Promise((resolve) => socket.once('close', () => resolve(answer))) };
}

/** Returns the status of the first response; undefined when there is none. */
export function statusIn(answer: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
  return status === undefined ? undefined : Number(status);
}

export function problemIn(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as unknown;
}
