import { randomBytes } from 'node:crypto';

/** Holds the access tokens that are valid now. */
export class Tokens {
  readonly #expiryMs = new Map<string, number>();

  issue(ttlSeconds: number): string {
    this.#forgetExpired();
    const token = randomBytes(48).toString('base64url');
    this.#expiryMs.set(token, Date.now() + ttlSeconds * 1000);
    return token;
  }

  isValid(token: string): boolean {
    return (this.#expiryMs.get(token) ?? 0) > Date.now();
  }

  expireAll(): number {
    const { size } = this.#expiryMs;
    this.#expiryMs.clear();
    return size;
  }

  #forgetExpired(): void {
    const nowMs = Date.now();
    for (const [token, expiryMs] of this.#expiryMs) if (expiryMs <= nowMs) this.#expiryMs.delete(token);
  }
}
