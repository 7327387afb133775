import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type ApiDocument, nameOf } from './api-document.js';
import { type FuzzRequest, LINES } from './fuzz-requests.js';
import { type Markers, quotesRequest } from './markers.js';
import type { RawAnswer } from './raw-http.js';

/** Problems of the HTTP parser, the server and the router, which may occur before any endpoint runs. */
const GENERAL: Readonly<Record<number, string>> = {
  400: '/problems/malformed-http',
  404: '/problems/endpoint-not-found',
  405: '/problems/method-not-allowed',
  414: '/problems/malformed-http',
  417: '/problems/malformed-http',
  431: '/problems/malformed-http',
};

/** Lists the 5xx statuses that are possible with a healthy vendor: 503, and 504 when the request set a timeout. */
function mayFail({ headers }: FuzzRequest, status: number): boolean {
  return status === 503 || (status === 504 && headers.some(([name]) => name === 'Request-Timeout'));
}

const REQUEST_ID = /^(?=.*[A-Za-z])[\w.:-]{1,128}$/;

interface AnswerBody {
  readonly type?: string;
  readonly detail?: string;
  readonly status?: number;
  readonly invalid?: number;
  readonly errors?: readonly { readonly message?: string }[];
  readonly outcomes?: readonly {
    readonly outcome: string;
    readonly replayed?: boolean;
    readonly errors?: readonly { readonly type?: string }[];
  }[];
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const named = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** Creates a function that lists what is wrong with an answer: nothing when all promises hold. */
export function answerChecker(
  document: ApiDocument,
  markers: Markers,
): (request: FuzzRequest, answer: RawAnswer | undefined) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  ajv.addSchema({ $id: 'api', ...document });
  const compiled = new Map<string, ValidateFunction>();
  const faultOf = (schema: object, value: unknown): string | undefined => {
    const pointed = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    const validate = compiled.get(pointed) ?? ajv.compile(JSON.parse(pointed) as object);
    compiled.set(pointed, validate);
    if (validate(value)) return undefined;
    const [error] = validate.errors ?? [];
    return `${error?.instancePath} ${error?.message}`;
  };

  const problemFaults = (answer: RawAnswer, parsed: AnswerBody): string[] => {
    const type = answer.headers.find(([name]) => name === 'content-type')?.[1] ?? 'none';
    if (!type.startsWith('application/problem+json')) return [`a ${answer.status} of the type ${type}`];
    const fault = faultOf(named('Problem'), parsed);
    const quoted = [parsed.detail, ...(parsed.errors ?? []).map(({ message }) => message)];
    return [
      ...(fault === undefined ? [] : [`a problem that is none: ${fault}`]),
      ...(parsed.status === answer.status ? [] : ['a problem of another status']),
      ...(quoted.some((text) => quotesRequest(text ?? '', markers))
        ? ['a problem that quotes the request']
        : []),
    ];
  };

  /** Finds invalid input that was accepted. */
  const acceptedFaults = (request: FuzzRequest, parsed: AnswerBody): string[] => {
    const { operation, body = Buffer.alloc(0), target, headers } = request;
    if (!operation?.requestBody) return [];
    const parameters = new URL(target, 'http://localhost').searchParams;
    const text = new TextDecoder().decode(body);
    if (operation.operationId === 'createImport') {
      const isNdjson = headers.every(
        ([name, type]) => name !== 'Content-Type' || type === 'application/x-ndjson',
      );
      if (!isNdjson) return [];
      const kind = parameters.get('kind') as keyof typeof LINES;
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      const invalid = lines.filter((line) => faultOf(named(LINES[kind]), read(line)) !== undefined);
      return (parsed.invalid ?? 0) < invalid.length ? ['an invalid line was accepted'] : [];
    }
    const value = read(text);
    const schema = operation.requestBody.content['application/json']?.schema ?? {};
    if (!parsed.outcomes) {
      const fault = parameters.get('onInvalid') === 'skip' ? undefined : faultOf(schema, value);
      return fault === undefined ? [] : [`an invalid body was accepted: ${fault}`];
    }
    const [[list, { items = {} }] = ['', {}]] = Object.entries(
      document.components.schemas[nameOf(schema)]?.properties ?? {},
    );
    const elements = (value as Record<string, unknown[]>)[list] ?? [];
    return parsed.outcomes.flatMap(({ outcome, replayed, errors }, index) => {
      // A key that is stored already decides without validation.
      const isKnown =
        replayed === true || errors?.[0]?.type?.startsWith('/problems/idempotency-key') === true;
      const mayBeRefused = parameters.get('onInvalid') === 'skip' && outcome === 'rejected';
      const fault = isKnown || mayBeRefused ? undefined : faultOf(items, elements[index]);
      return fault === undefined ? [] : [`an invalid element was ${outcome}: ${fault}`];
    });
  };

  return (request, answer) => {
    if (!answer) return ['no answer'];
    const { status, headers, body } = answer;
    const faults: string[] = [];
    const { operation, method } = request;
    const parsed = (read(body) ?? {}) as AnswerBody;
    const isItsMethod = method === operation?.method;

    if (status >= 500 && !mayFail(request, status)) faults.push(`a ${status}`);
    const isGeneral = GENERAL[status] !== undefined && (GENERAL[status] === parsed.type || method === 'HEAD');
    if (isItsMethod && !isGeneral && !operation.responses[status])
      faults.push(`a ${status} that the document does not list (${parsed.type})`);
    if (status >= 400 && method !== 'HEAD' && !request.target.startsWith('/health/'))
      faults.push(...problemFaults(answer, parsed));
    if (isItsMethod && status >= 200 && status < 300) {
      const { schema } = operation.responses[status]?.content['application/json'] ?? {};
      const fault = schema && faultOf(schema, parsed);
      if (fault !== undefined) faults.push(`a ${status} of another schema: ${fault}`);
      faults.push(...acceptedFaults(request, parsed));
      for (const [listed, header] of Object.entries(operation.responses[status]?.headers ?? {})) {
        const { required } = document.components.headers[nameOf(header)] ?? header;
        if (required && !headers.some(([name]) => name === listed.toLowerCase()))
          faults.push(`a ${status} without the header ${listed} that the document lists`);
      }
    }

    for (const [name, value] of headers) {
      if (name === 'x-injected') faults.push('a header of the caller');
      const isEcho = name === 'x-request-id' && REQUEST_ID.test(value);
      if (!isEcho && quotesRequest(name + value, markers))
        faults.push(`the header ${name} quotes what was sent`);
    }
    const isPage = headers.some(([name, value]) => name === 'content-type' && value.includes('html'));
    if (isPage && quotesRequest(body, markers)) faults.push('a page quotes what was sent');
    return faults;
  };
}
