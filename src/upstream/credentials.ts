import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import type { FailureReason } from './call-result.js';
import { SecretFile } from './secret-file.js';
import { type Token, TokenSource } from './token.source.js';

export type CredentialHeaders =
  | { readonly headers: Readonly<Record<string, string>>; readonly token?: Token }
  | { readonly failure: FailureReason };

/** The lower-case hex MD5 is the vendor's scheme, not a choice. Source: docs/vendor-contract.md section 1. */
export function basicAuthorization(till: string, password: string): string {
  const hash = createHash('md5').update(password, 'utf8').digest('hex');
  return `Basic ${Buffer.from(`${till}:${hash}`, 'utf8').toString('base64')}`;
}

/**
 * The headers that authenticate us: OAuth between back ends, Basic for tills. Source: docs/vendor-contract.md section
 * 5.
 */
@Injectable()
export class Credentials {
  private readonly password: SecretFile;

  constructor(
    private readonly tokens: TokenSource,
    private readonly settings: Settings,
    log: EventLog,
  ) {
    this.password = new SecretFile('UPSTREAM_BASIC_PASSWORD', settings, log);
  }

  /** @param refused the token of the call that was answered with 401 */
  async headers(refused?: Token): Promise<CredentialHeaders> {
    if (this.settings.UPSTREAM_AUTH === 'basic') {
      const { UPSTREAM_BASIC_TILL: till = '' } = this.settings;
      return { headers: { Authorization: basicAuthorization(till, this.password.value) } };
    }
    const result = await this.tokens.get(refused);
    if ('failure' in result) return result;
    return { headers: { 'X-CAP-API-OAUTH-TOKEN': result.token.value }, token: result.token };
  }
}
