import { createHmac } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
  exportJWK,
  exportSPKI,
  generateKeyPair,
} from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import type { EventLog } from '../observability/event-log.js';
import { JwtVerifier } from './jwt-verifier.js';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'meniscus';

let issuer: Server;
let published: JWK[] = [];
let fetchCount = 0;
let isDown = false;
let pair: { publicKey: CryptoKey; privateKey: CryptoKey };
let verifier: JwtVerifier;
const faults: string[] = [];
const logged: unknown[] = [];

async function publish(publicKey: CryptoKey, kid: string): Promise<void> {
  published.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' });
}

beforeAll(async () => {
  issuer = createServer((_request, response) => {
    fetchCount += 1;
    response.writeHead(isDown ? 500 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  pair = await generateKeyPair('RS256');
});

afterAll(() => issuer.close());

beforeEach(async () => {
  vi.useRealTimers();
  published = [];
  fetchCount = 0;
  isDown = false;
  faults.length = 0;
  logged.length = 0;
  await publish(pair.publicKey, 'first');
  const settings = Object.assign(new Settings(), {
    JWT_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`,
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
  });
  verifier = new JwtVerifier(settings, {
    fault: (event: string) => void faults.push(event),
    write: (...event: unknown[]) => void logged.push(event),
  } as unknown as EventLog);
});

const now = (): number => Math.floor(Date.now() / 1000);

/** @param change undefined leaves a claim out */
const claims = (change: Partial<Record<string, unknown>> = {}): JWTPayload => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'till-7',
  exp: now() + 60,
  scope: 'customers:write unknown:scope ops:read',
  ...change,
});

function sign(payload: JWTPayload, privateKey = pair.privateKey, kid = 'first'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const REFUSED = { kind: 'refused' };

describe(JwtVerifier.name, () => {
  it('returns the principal of a token: issuer, subject, and known scopes', async () => {
    expect(await verifier.verify(await sign(claims()))).toEqual({
      kind: 'known',
      principal: {
        kind: 'jwt',
        name: `${ISSUER}#till-7`,
        scopes: new Set(['customers:write', 'ops:read']),
      },
    });
  });

  it('applies the bounds of the token, and ignores details of other types', async () => {
    const bounds = {
      sources: ['WECHAT'],
      programs: [1016],
      maxPointsPerDay: 50,
      limits: { concurrent: 2 },
    };
    const details = [{ type: 'payments', amount: 1 }, null, { type: 'meniscus', ...bounds }];
    const verified = await verifier.verify(await sign(claims({ authorization_details: details })));
    expect(verified).toMatchObject({ kind: 'known', principal: { name: `${ISSUER}#till-7`, ...bounds } });
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown bound',
      [{ type: 'meniscus', maxPointsADay: 5 }],
      '/0/maxPointsADay is not a known property',
    ],
    ['an invalid bound', [{}, { type: 'meniscus', programs: 'all' }], '/1/programs '],
    ['our type twice', [{ type: 'meniscus' }, { type: 'meniscus' }], ' has the type meniscus twice'],
    ['no array', { type: 'meniscus' }, ' must be an array'],
  ])('refuses a token with %s, and says what is wrong', async (_case, details, mistake) => {
    expect(await verifier.verify(await sign(claims({ authorization_details: details })))).toEqual(REFUSED);
    expect(logged).toEqual([
      [
        'error',
        'jwt.bounds-refused',
        { mistakes: [expect.stringContaining(`/authorization_details${mistake}`)] },
      ],
    ]);
  });

  it('accepts a token for several audiences, and one without scopes', async () => {
    const token = await sign(claims({ aud: ['other', AUDIENCE], scope: undefined }));
    expect(await verifier.verify(token)).toMatchObject({ kind: 'known', principal: { scopes: new Set() } });
  });

  it.each([
    ['exp', -2],
    ['nbf', 2],
  ])('tolerates a few seconds of clock difference in %s', async (claim, seconds) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const token = await sign(claims({ [claim]: now() + seconds }));
    expect(await verifier.verify(token)).toMatchObject({ kind: 'known' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['no issuer', { iss: undefined }],
    ['expired', { exp: now() - 60 }],
    ['without an expiry', { exp: undefined }],
    ['not valid yet', { nbf: now() + 600 }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is too long', { sub: 'x'.repeat(256) }],
  ])('refuses a token: %s', async (_case, change) => {
    expect(await verifier.verify(await sign(claims(change)))).toEqual(REFUSED);
  });

  it('refuses an unsigned token', async () => {
    expect(await verifier.verify(new UnsecuredJWT(claims()).encode())).toEqual(REFUSED);
    const [, body] = (await sign(claims())).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'first' })).toString('base64url');
    expect(await verifier.verify(`${none}.${body}.`)).toEqual(REFUSED);
  });

  it('refuses a token that is signed with the public key as if it were a shared secret', async () => {
    const secret = await exportSPKI(pair.publicKey);
    const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claims())}`;
    const signature = createHmac('sha256', secret).update(signed).digest('base64url');
    expect(await verifier.verify(`${signed}.${signature}`)).toEqual(REFUSED);
  });

  it('accepts no symmetric key, even if the issuer publishes one', async () => {
    const secret = Buffer.alloc(32, 7);
    published.push({ kty: 'oct', k: secret.toString('base64url'), kid: 'shared', alg: 'HS256' });
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'shared' })
      .sign(secret);
    expect(await verifier.verify(token)).toEqual(REFUSED);
  });

  it('refuses a token that was changed, or signed with a foreign key under a known kid', async () => {
    const [head, , signature] = (await sign(claims())).split('.');
    const body = Buffer.from(JSON.stringify(claims({ sub: 'admin' }))).toString('base64url');
    expect(await verifier.verify(`${head}.${body}.${signature}`)).toEqual(REFUSED);
    const { privateKey } = await generateKeyPair('RS256');
    expect(await verifier.verify(await sign(claims(), privateKey))).toEqual(REFUSED);
  });

  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d.e', '....'])(
    'refuses text that is not a token: %s',
    async (text) => {
      expect(await verifier.verify(text)).toEqual(REFUSED);
    },
  );

  it('fetches the keys of the issuer once, and again for an unknown key', async () => {
    const token = await sign(claims());
    await Promise.all([verifier.verify(token), verifier.verify(token)]);
    await verifier.verify(token);
    expect(fetchCount).toBe(1);

    const next = await generateKeyPair('RS256');
    const rotated = await sign(claims(), next.privateKey, 'second');
    await publish(next.publicKey, 'second');
    expect(await verifier.verify(rotated)).toEqual(REFUSED); // within the cooldown of the last fetch
    expect(fetchCount).toBe(1);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect(await verifier.verify(rotated)).toMatchObject({ kind: 'known' });
    expect(await verifier.verify(token)).toMatchObject({ kind: 'known' });
    expect(fetchCount).toBe(2);
  });

  it('refuses a token with a key that the issuer revoked ten minutes ago', async () => {
    const token = await sign(claims({ exp: now() + 3600 }));
    await verifier.verify(token);
    published = [];
    const next = await generateKeyPair('RS256');
    await publish(next.publicKey, 'second');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    expect(await verifier.verify(token)).toEqual(REFUSED);
  });

  it('is unavailable, and refuses no token, if the keys of the issuer cannot be fetched', async () => {
    isDown = true;
    expect(await verifier.verify(await sign(claims()))).toEqual({ kind: 'unavailable' });
    expect(faults).toEqual(['jwks.unavailable']);
    isDown = false;
    expect(await verifier.verify(await sign(claims()))).toMatchObject({ kind: 'known' });
  });

  it('refuses every token if no issuer is configured', async () => {
    const none = new JwtVerifier(new Settings(), {} as EventLog);
    expect(await none.verify(await sign(claims()))).toEqual(REFUSED);
  });
});
