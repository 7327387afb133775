import { StartupError } from './startup-error.js';
const CAUSES = {
    EADDRINUSE: 'PORT is in use by another program at HOST: stop it, or set PORT to another number',
    EACCES: 'PORT is not allowed for this user: set it to 1024 or more',
    EPERM: 'PORT is not allowed for this user: set it to 1024 or more',
    EADDRNOTAVAIL: 'HOST is no address of this machine: set it to one, or to 0.0.0.0 for all',
    EAFNOSUPPORT: 'HOST is an address of a kind that this machine does not have: set it to 0.0.0.0 for IPv4',
    EINVAL: 'HOST is not an address to listen on: set it to one of this machine, or to 0.0.0.0 for all',
    ENOTFOUND: 'HOST is not known: set it to an address of this machine, or to 0.0.0.0 for all',
    EAI_AGAIN: 'HOST cannot be looked up: set it to an address of this machine, or to 0.0.0.0 for all',
};
const SYSTEM_CALLS = ['listen', 'bind', 'getaddrinfo'];
/**
 * Explains in one sentence why the service cannot listen.
 *
 * @returns the error itself if it is of another kind
 */
export function explainListenError(error) {
    if (!(error instanceof Error))
        return error;
    const { code = '', syscall = '' } = error;
    if (!SYSTEM_CALLS.includes(syscall))
        return error;
    return new StartupError(CAUSES[code] ?? `The service cannot listen at HOST and PORT (${code})`);
}
//# sourceMappingURL=listen-error.js.map