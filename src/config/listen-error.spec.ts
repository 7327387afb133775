import { describe, expect, it } from 'vitest';
import { explainListenError } from './listen-error.js';
import { StartupError } from './startup-error.js';

const failed = (syscall: string, code: string): Error =>
  Object.assign(new Error(`${syscall} ${code} secret.example`), { syscall, code });

describe(explainListenError.name, () => {
  it.each([
    ['listen', 'EADDRINUSE', /^PORT is in use/],
    ['listen', 'EACCES', /^PORT is not allowed/],
    ['listen', 'EADDRNOTAVAIL', /^HOST is no address/],
    ['listen', 'EINVAL', /^HOST is not an address/],
    ['getaddrinfo', 'ENOTFOUND', /^HOST is not known/],
    ['getaddrinfo', 'EAI_AGAIN', /^HOST cannot be looked up/],
    ['listen', 'EMFILE', /^The service cannot listen at HOST and PORT \(EMFILE\)$/],
  ])('names the variable to set: %s %s', (syscall, code, message) => {
    const explained = explainListenError(failed(syscall, code));
    expect(explained).toBeInstanceOf(StartupError);
    expect((explained as Error).message).toMatch(message);
    expect((explained as Error).message).not.toMatch(/\n|secret\.example/);
  });

  it('names the variables of another address', () => {
    const variables = { port: 'METRICS_PORT', host: 'METRICS_HOST' };
    const explained = explainListenError(failed('listen', 'EADDRINUSE'), variables);
    expect((explained as Error).message).toMatch(/^METRICS_PORT is in use .* METRICS_HOST/);
  });

  it('leaves other errors as they are', () => {
    const other = failed('open', 'EACCES');
    expect(explainListenError(other)).toBe(other);
    expect(explainListenError('no error')).toBe('no error');
  });
});
