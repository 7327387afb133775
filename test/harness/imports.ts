import type { Answer, Service } from './service.js';
import { until } from './until.js';

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads into an answer as it expects it to be
type AnyJson = any;

/** The requests that a test makes about imports. */
export interface Imports {
  /** Uploads bytes as they are; `service.send` would serialize them as JSON. */
  readonly upload: (
    query: string,
    body: string | Buffer,
    type?: string,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly state: (id: string) => Promise<AnyJson>;
  readonly act: (id: string, action: string) => Promise<Answer>;
  /** Waits until the import has ended, and returns it. */
  readonly ended: (id: string, withinMs?: number) => Promise<AnyJson>;
  readonly results: (id: string, query?: string) => Promise<ResultLine[]>;
}

export type ResultLine = Record<string, unknown> & { line: number; outcome: string };

export const NDJSON = 'application/x-ndjson';

/** @param service is called for each request, as a test may start another service */
export function importsOf(service: () => Service): Imports {
  const state = async (id: string) => (await service().send('GET', `/v1/imports/${id}`)).json;
  return {
    upload: async (query, body, type = NDJSON, headers = {}) => {
      const answer = await fetch(`${service().url}/v1/imports?${query}`, {
        method: 'POST',
        headers: { ...service().authorization, 'Content-Type': type, ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
    },
    state,
    act: (id, action) => service().send('POST', `/v1/imports/${id}/${action}`),
    ended: (id, withinMs) =>
      until(
        () => state(id),
        (seen) => seen?.finishedAt !== undefined,
        withinMs,
        100, // each look is a request and a query
      ),
    results: async (id, query = '') =>
      (await service().send('GET', `/v1/imports/${id}/results${query}`)).text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ResultLine),
  };
}
