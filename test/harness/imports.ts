import type { Answer, Service } from './service.js';
import { until } from './until.js';

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads into an answer as it expects it to be
type Told = any;

/** What a test does with imports, and asks of them. */
export interface Imports {
  /** Sends bytes as they are, which `service.send` would write as JSON. */
  readonly upload: (
    query: string,
    body: string | Buffer,
    type?: string,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
  readonly state: (id: string) => Promise<Told>;
  readonly wish: (id: string, what: string) => Promise<Answer>;
  /** The import, when it has ended. */
  readonly ended: (id: string, withinMs?: number) => Promise<Told>;
  readonly results: (id: string, query?: string) => Promise<ToldLine[]>;
}

export type ToldLine = Record<string, unknown> & { line: number; outcome: string };

export const NDJSON = 'application/x-ndjson';

/** @param service asked anew each time, as a test may start another one */
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
    wish: (id, what) => service().send('POST', `/v1/imports/${id}/${what}`),
    ended: (id, withinMs) =>
      until(
        () => state(id),
        (seen) => seen?.finishedAt !== undefined,
        withinMs,
        100, // each question is a request and a query
      ),
    results: async (id, query = '') =>
      (await service().send('GET', `/v1/imports/${id}/results${query}`)).text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as ToldLine),
  };
}
