import { type Socket, connect } from 'node:net';

/** A bare connection, on which a test writes what no HTTP client would. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that was answered, when the other side has ended the connection; also where it did so without a word. */
  readonly ended: Promise<string>;
}

/** @param bytes what is written as soon as the connection stands */
export function openRaw(url: string, bytes: string | Buffer = ''): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined); // a reset is an end as well
  return { socket, ended: new Promise((resolve) => socket.once('close', () => resolve(answer))) };
}

/** The status of the first answer; undefined where there is none. */
export function statusIn(answer: string): number | undefined {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
  return status === undefined ? undefined : Number(status);
}

export function problemIn(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as unknown;
}
