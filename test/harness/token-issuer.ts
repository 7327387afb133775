import { createHmac, randomUUID } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'meniscus';
const KID = 'first';

/** An issuer of JWTs that publishes its key. */
export interface TokenIssuer {
  /** The settings with which the service trusts it. */
  readonly settings: Record<string, string>;
  readonly now: () => number;
  /** Signs a valid token, except for the changed claims. */
  sign(change?: JWTPayload): Promise<string>;
  /** Returns a token without a signature. */
  unsigned(): string;
  /** Returns a token that is signed with the text of the public key, as if it were a shared secret. */
  signedWithPublicKey(): Promise<string>;
  /** Returns a token that is signed with a key that was never published. */
  ofUnknownKey(): Promise<string>;
  close(): void;
}

const now = (): number => Math.floor(Date.now() / 1000);

const claims = (change: JWTPayload = {}): JWTPayload => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'till-7',
  exp: now() + 600,
  ...change,
});

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** @param scope the scope of tokens that set no other */
export async function startTokenIssuer(scope: string): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  const url = await listen(server);
  return {
    settings: { JWT_JWKS_URL: `${url}/jwks`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE },
    now,
    sign: (change) =>
      new SignJWT(claims({ scope, ...change }))
        .setProtectedHeader({ alg: 'RS256', kid: KID })
        .sign(privateKey),
    unsigned: () => new UnsecuredJWT(claims({ scope })).encode(),
    signedWithPublicKey: async () => {
      const signed = `${encode({ alg: 'HS256', kid: KID })}.${encode(claims({ scope }))}`;
      const secret = await exportSPKI(publicKey);
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    },
    ofUnknownKey: async () => {
      const other = await generateKeyPair('RS256');
      return new SignJWT(claims({ scope }))
        .setProtectedHeader({ alg: 'RS256', kid: randomUUID() })
        .sign(other.privateKey);
    },
    close: () => void server.close(),
  };
}
