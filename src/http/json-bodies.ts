import type { FastifyInstance } from 'fastify';
import type { EventLog } from '../observability/event-log.js';
import { requestContext } from '../observability/request-context.js';
import { readJsonBody } from '../validation/json-body.js';
import type { LoopTurns } from './loop-turns.service.js';

/** A larger body is read in a turn of the event loop of its own: reading many in one turn would block it. */
const LARGE_BODY_BYTES = 32 * 1024;

/** Reads bodies that are JSON; no other type is accepted. */
export function parseJsonBodies(
  server: FastifyInstance,
  turns: LoopTurns,
  log: Pick<EventLog, 'write'>,
): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const read = (): void => {
      let document: unknown;
      try {
        document = readJsonBody(body as Buffer);
      } catch (error) {
        // Node reads a body outside of the context of its request.
        requestContext.run(request.logContext, () =>
          log.write('info', 'body.refused', { bodyBytes: body.length }),
        );
        return done(error as Error);
      }
      done(null, document);
    };
    if (body.length <= LARGE_BODY_BYTES) read();
    else void turns.next(request.arrivedAt).then(read);
  });
}
