import Fastify from 'fastify';
import { Pool } from 'undici';

/**
 * The smallest possible proxy in front of the vendor: it puts brackets around each body and forwards it, one to one. The
 * body must be an item in the vendor's format. The proxy reads and logs nothing. A bare route is beside it, to compare
 * health checks with.
 */

const vendorUrl = process.env['UPSTREAM_BASE_URL'] ?? '';
const vendor = new Pool(vendorUrl);

interface TokenAnswer {
  readonly data: { readonly accessToken: string; readonly ttlSeconds: number };
}

let token = '';

async function renewToken(): Promise<void> {
  const { body } = await vendor.request({
    method: 'POST',
    path: '/v3/oauth/token/generate',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ key: 'bench', secret: 'bench' }),
  });
  const { data } = (await body.json()) as TokenAnswer;
  token = data.accessToken;
  setTimeout(() => void renewToken(), (data.ttlSeconds * 1000) / 2).unref();
}

const [before, after] = [Buffer.from('['), Buffer.from(']')];

const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);

app.patch('/v1/customers', async (request, reply) => {
  const { statusCode, body } = await vendor.request({
    method: 'PUT',
    path: '/v2/bulk?source=INSTORE',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'X-CAP-API-OAUTH-TOKEN': token,
    },
    body: Buffer.concat([before, request.body as Buffer, after]),
  });
  reply.code(statusCode).header('Content-Type', 'application/json');
  return body.text();
});

app.get('/health/live', () => ({ status: 'live' }));

await renewToken();
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ event: 'proxy.listening', url }));
process.on('SIGTERM', () => process.exit(0));
