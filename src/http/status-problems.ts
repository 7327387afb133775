import { Problem } from '../problems/problem.js';
import { MAX_BODY_BYTES } from '../validation/json-body.js';

/** Returns the problem of a request that Fastify or Nest ended with this status. */
export function problemOfStatus(status: number): Problem {
  switch (status) {
    case 400:
      return new Problem('malformed-json', { detail: 'The body cannot be read.' });
    case 403: // an invalid path of a file of Swagger UI; a missing scope is a Problem already
    case 404:
      return new Problem('endpoint-not-found', { detail: 'There is no such endpoint.' });
    case 408:
      return new Problem('request-timeout', { detail: 'The request did not arrive in time.' });
    case 413:
      return new Problem('body-too-large', {
        detail: `The body is over the limit of ${MAX_BODY_BYTES} bytes.`,
      });
    case 415:
      return new Problem('unsupported-media-type', { detail: 'The body must be application/json.' });
    default:
      return new Problem('internal-error', {
        detail: 'The service failed; the log has the error under the request id.',
      });
  }
}
