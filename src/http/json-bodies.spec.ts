import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { countTurns } from '../../test/harness/count-turns.js';
import { parseJsonBodies } from './json-bodies.js';
import { LoopTurns } from './loop-turns.service.js';

const REQUESTS = 10;

/** Sends requests at once, and returns in how many turns of the event loop their bodies were read. */
async function turnsFor(bodyBytes: number): Promise<number> {
  let turn = 0;
  const readIn = new Set<number>();
  const server = fastify();
  server.decorateRequest('arrivedAt', 0);
  parseJsonBodies(server, new LoopTurns(), { write: () => undefined });
  server.addHook('preValidation', async () => void readIn.add(turn));
  server.post('/', async () => ({}));
  await server.ready();
  const payload = `"${'x'.repeat(bodyBytes - 2)}"`;
  const headers = { 'content-type': 'application/json' };
  const send = () => server.inject({ method: 'POST', url: '/', headers, payload });
  const [, answers] = await countTurns(
    Promise.all(Array.from({ length: REQUESTS }, send)),
    (current) => (turn = current),
  );
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  return readIn.size;
}

describe(parseJsonBodies.name, () => {
  it('reads each of the large bodies that arrived at once in a turn of the event loop of its own', async () => {
    expect(await turnsFor(32 * 1024 + 1)).toBe(REQUESTS);
  });

  it('reads small bodies as they arrive', async () => {
    expect(await turnsFor(32 * 1024)).toBeLessThan(REQUESTS);
  });
});
