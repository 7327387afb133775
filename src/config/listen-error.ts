import { StartupError } from './startup-error.js';

/** The variables of an address to listen on. */
interface Variables {
  readonly port: string;
  readonly host: string;
}

const OF_THE_API: Variables = { port: 'PORT', host: 'HOST' };

const CAUSES: Readonly<Record<string, (variables: Variables) => string>> = {
  EADDRINUSE: ({ host, port }) =>
    `${port} is in use by another program at ${host}: stop it, or set ${port} to another number`,
  EACCES: ({ port }) => `${port} is not allowed for this user: set it to 1024 or more`,
  EPERM: ({ port }) => `${port} is not allowed for this user: set it to 1024 or more`,
  EADDRNOTAVAIL: ({ host }) => `${host} is no address of this machine: set it to one, or to 0.0.0.0 for all`,
  EAFNOSUPPORT: ({ host }) =>
    `${host} is an address of a kind that this machine does not have: set it to 0.0.0.0 for IPv4`,
  EINVAL: ({ host }) =>
    `${host} is not an address to listen on: set it to one of this machine, or to 0.0.0.0 for all`,
  ENOTFOUND: ({ host }) =>
    `${host} is not known: set it to an address of this machine, or to 0.0.0.0 for all`,
  EAI_AGAIN: ({ host }) =>
    `${host} cannot be looked up: set it to an address of this machine, or to 0.0.0.0 for all`,
};

const SYSTEM_CALLS = ['listen', 'bind', 'getaddrinfo'];

/**
 * Explains in one sentence why the service cannot listen.
 *
 * @returns the error itself if it is of another kind
 */
export function explainListenError(error: unknown, variables = OF_THE_API): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  if (!SYSTEM_CALLS.includes(syscall)) return error;
  const { port, host } = variables;
  return new StartupError(
    CAUSES[code]?.(variables) ?? `The service cannot listen at ${host} and ${port} (${code})`,
  );
}
