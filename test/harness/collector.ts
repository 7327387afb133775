import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { until } from './until.js';

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly OtlpAttribute[] }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A span that was exported, with its attributes by name. */
export interface ExportedSpan extends Omit<OtlpSpan, 'attributes' | 'events'> {
  readonly service: string | number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly events: readonly { name: string; attributes: Readonly<Record<string, string | number>> }[];
}

/** How the collector answers; a request names it by the beginning of its path, such as `/hangs/v1/traces`. */
type Behavior = 'accepts' | 'hangs' | 'fails';

/** A collector that keeps the spans that it accepts. */
export interface Collector {
  readonly url: string;
  /** The bodies that it accepted. */
  readonly texts: string[];
  /** The headers and the path of each request. */
  readonly requests: { path: string; headers: IncomingMessage['headers'] }[];
  spans(): ExportedSpan[];
  /** Waits until spans meet the condition, and returns them. */
  spansWhen(condition: (spans: ExportedSpan[]) => boolean): Promise<ExportedSpan[]>;
}

function readAttributes(attributes: readonly OtlpAttribute[] = []): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );
}

function readSpans(text: string): ExportedSpan[] {
  const { resourceSpans } = JSON.parse(text) as OtlpRequest;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = readAttributes(resource.attributes)['service.name'] ?? '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        service,
        attributes: readAttributes(span.attributes),
        events: (span.events ?? []).map(({ name, attributes }) => ({
          name,
          attributes: readAttributes(attributes),
        })),
      })),
    );
  });
}

function behaviorOf({ url = '' }: IncomingMessage): Behavior {
  if (url.startsWith('/hangs/')) return 'hangs';
  return url.startsWith('/fails/') ? 'fails' : 'accepts';
}

async function answer(collector: Collector, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  collector.requests.push({ path: request.url ?? '', headers: request.headers });
  switch (behaviorOf(request)) {
    case 'accepts':
      collector.texts.push(Buffer.concat(chunks).toString('utf8'));
      response.setHeader('Content-Type', 'application/json').end('{}');
      break;
    case 'fails':
      response.writeHead(500).end();
      break;
    case 'hangs':
      break;
  }
}

/** Runs a collector in this process for all tests of a file. */
export function useCollector(): Collector {
  const collector = { texts: [], requests: [] } as unknown as Collector;
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => void answer(collector, request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const spans = (): ExportedSpan[] => collector.texts.flatMap(readSpans);
    Object.assign(collector, {
      url: `http://127.0.0.1:${port}`,
      spans,
      spansWhen: async (condition: (some: ExportedSpan[]) => boolean) => {
        await until(() => condition(spans()));
        return spans();
      },
    });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return collector;
}
