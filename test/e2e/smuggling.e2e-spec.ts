import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { openRaw, problemIn, statusIn } from '../harness/raw-connection.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
// The most lenient parser that an operator can configure.
const service = useService(sandbox, { NODE_OPTIONS: '--insecure-http-parser' });

const body = JSON.stringify(aCustomerUpdate());

/** A valid request, smuggled behind another one through a proxy that reads the lengths differently. */
const smuggled = (): string =>
  [
    'PATCH /v1/customers HTTP/1.1',
    'Host: a',
    `Authorization: ${service.authorization.Authorization}`,
    'X-Request-Id: smuggled',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const head = (...lines: string[]): string =>
  [
    'POST /v1/customers/batch HTTP/1.1',
    'Host: a',
    `Authorization: ${service.authorization.Authorization}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');

const chunked = 'Transfer-Encoding: chunked';

describe('malformed HTTP', () => {
  it.each<[string, () => string, number?]>([
    ['garbage', () => 'GARBAGE\r\n\r\n'],
    ['a length and chunks', () => `${head('Content-Length: 4', chunked)}0\r\n\r\n`],
    ['chunks and a length', () => `${head(chunked, 'Content-Length: 4')}0\r\n\r\n`],
    ['two lengths', () => `${head('Content-Length: 2', 'Content-Length: 3')}{}`],
    ['two lengths in one', () => `${head('Content-Length: 2, 3')}{}`],
    ['the same length twice', () => `${head('Content-Length: 2', 'Content-Length: 2')}{}`],
    ['a negative length', () => `${head('Content-Length: -1')}{}`],
    ['a length with a plus', () => `${head('Content-Length: +2')}{}`],
    ['a length in hexadecimal', () => `${head('Content-Length: 0x2')}{}`],
    ['a length beyond 2^64', () => `${head('Content-Length: 18446744073709551618')}{}`],
    ['an empty length', () => `${head('Content-Length: ')}{}`],
    ['identity', () => `${head('Transfer-Encoding: identity')}{}`],
    ['xchunked', () => `${head('Transfer-Encoding: xchunked')}0\r\n\r\n`],
    ['chunked, identity', () => `${head('Transfer-Encoding: chunked, identity')}0\r\n\r\n`],
    ['a space before the colon', () => `${head('Transfer-Encoding : chunked')}0\r\n\r\n`],
    ['a folded header', () => `${head('X-Folded: a', ' b', 'Content-Length: 2')}{}`],
    ['a folded encoding', () => `${head('Transfer-Encoding:', ' chunked')}0\r\n\r\n`],
    ['a bare CR in a header', () => `${head('X-Bare: a\rb', 'Content-Length: 2')}{}`],
    ['a bare LF after a header', () => `${head('X-Bare: a\nX-More: b', 'Content-Length: 2')}{}`],
    ['a NUL in a header', () => `${head('X-Nul: a\0b', 'Content-Length: 2')}{}`],
    ['a header without a name', () => `${head(': b', 'Content-Length: 2')}{}`],
    ['bare LFs only', () => head('Content-Length: 0').replaceAll('\r\n', '\n')],
    ['a chunk of no size', () => `${head(chunked)}\r\n{}\r\n0\r\n\r\n`],
    ['a chunk of negative size', () => `${head(chunked)}-2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk beyond 2^64', () => `${head(chunked)}10000000000000002\r\n{}\r\n0\r\n\r\n`],
    ['a chunk longer than its size', () => `${head(chunked)}1\r\n{}\r\n0\r\n\r\n`],
    ['a chunk ended by a bare LF', () => `${head(chunked)}2\n{}\r\n0\r\n\r\n`],
    ['a CR in a chunk extension', () => `${head(chunked)}2;a=b\rc\r\n{}\r\n0\r\n\r\n`],
    ['chunk extensions of 20 KB', () => `${head(chunked)}2;a=${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, 413],
    ['headers of 20 KB', () => head(`X-Long: ${'x'.repeat(20_000)}`), 431],
    ['another version', () => head('Content-Length: 0').replace('HTTP/1.1', 'HTTP/1.9')],
  ])(
    'is rejected with a problem, and a smuggled request is not run: %s',
    async (_case, first, status = 400) => {
      const answer = await openRaw(service.url, first() + smuggled()).ended;

      expect(statusIn(answer)).toBe(status);
      expect(answer).toContain('\r\nCache-Control: no-store\r\n');
      expect(problemIn(answer)).toMatchObject({ type: '/problems/malformed-http', status });
      expect(await sandbox.calls('bulk')).toEqual([]);
    },
  );

  it('with only an unknown Expect is answered with 417, and the next request runs', async () => {
    const first = `${head('Expect: cake', 'Content-Length: 2')}{}`;
    const second = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = await openRaw(service.url, first + second).ended;
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 417', 'HTTP/1.1 200']);
    expect(answer).toContain('"type":"/problems/malformed-http"');
  });

  it('alone prevents the second request: behind a well-formed request it runs', async () => {
    const first = `${head('Content-Length: 2')}{}`;
    const { socket, ended } = openRaw(service.url, first);
    await once(socket, 'data'); // a connection has one request at a time
    socket.write(smuggled().replace('Host: a', 'Host: a\r\nConnection: close'));
    expect((await ended).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
    socket.destroy();
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });

  it('ends the connection without a response while another is pending, to avoid a mix-up', async () => {
    await sandbox.forgetCalls();
    await sandbox.fault({ kind: 'hang' });
    const { socket, ended } = openRaw(service.url, smuggled());
    while ((await sandbox.calls('bulk')).length === 0) await service.send('GET', '/health/live');
    socket.write('GARBAGE\r\n\r\n');
    expect(await ended).toBe('');
  });
});
