import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type ApiDocument, nameOf } from './api-document.js';
import { type FuzzRequest, LINES } from './fuzz-requests.js';
import { type Markers, tells } from './markers.js';
import type { RawAnswer } from './raw-http.js';

/** What the server, the router and the parser of HTTP say before an endpoint is met. */
const GENERAL: Readonly<Record<number, string>> = {
  400: '/problems/malformed-http',
  404: '/problems/endpoint-not-found',
  405: '/problems/method-not-allowed',
  414: '/problems/malformed-http',
  417: '/problems/malformed-http',
  431: '/problems/malformed-http',
};

/** A healthy vendor leaves no other reason, unless the caller is in a hurry. */
function mayFail({ headers }: FuzzRequest, status: number): boolean {
  return status === 503 || (status === 504 && headers.some(([name]) => name === 'Request-Timeout'));
}

const REQUEST_ID = /^(?=.*[A-Za-z])[\w.:-]{1,128}$/;

interface Told {
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

/** @returns says what is wrong with an answer; nothing where all promises hold */
export function answerJudge(
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

  const problemFaults = (answer: RawAnswer, told: Told): string[] => {
    const type = answer.headers.find(([name]) => name === 'content-type')?.[1] ?? 'none';
    if (!type.startsWith('application/problem+json')) return [`a ${answer.status} of the type ${type}`];
    const fault = faultOf(named('ProblemDto'), told);
    const quoted = [told.detail, ...(told.errors ?? []).map(({ message }) => message)];
    return [
      ...(fault === undefined ? [] : [`a problem that is none: ${fault}`]),
      ...(told.status === answer.status ? [] : ['a problem of another status']),
      ...(quoted.some((text) => tells(text ?? '', markers)) ? ['a problem that quotes the request'] : []),
    ];
  };

  /** What was done must have been asked for properly. */
  const acceptedFaults = (request: FuzzRequest, told: Told): string[] => {
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
      return (told.invalid ?? 0) < invalid.length ? ['an invalid line was accepted'] : [];
    }
    const value = read(text);
    const schema = operation.requestBody.content['application/json']?.schema ?? {};
    if (!told.outcomes) {
      const fault = parameters.get('onInvalid') === 'skip' ? undefined : faultOf(schema, value);
      return fault === undefined ? [] : [`an invalid body was accepted: ${fault}`];
    }
    const [[list, { items = {} }] = ['', {}]] = Object.entries(
      document.components.schemas[nameOf(schema)]?.properties ?? {},
    );
    const elements = (value as Record<string, unknown[]>)[list] ?? [];
    return told.outcomes.flatMap(({ outcome, replayed, errors }, index) => {
      // What its own key knows is told without a look at it.
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
    const told = (read(body) ?? {}) as Told;
    const isItsMethod = method === operation?.method;

    if (status >= 500 && !mayFail(request, status)) faults.push(`a ${status}`);
    const isGeneral = GENERAL[status] !== undefined && (GENERAL[status] === told.type || method === 'HEAD');
    if (isItsMethod && !isGeneral && !operation.responses[status])
      faults.push(`a ${status} that the document does not list (${told.type})`);
    if (status >= 400 && method !== 'HEAD' && !request.target.startsWith('/health/'))
      faults.push(...problemFaults(answer, told));
    if (isItsMethod && status >= 200 && status < 300) {
      const { schema } = operation.responses[status]?.content['application/json'] ?? {};
      const fault = schema && faultOf(schema, told);
      if (fault !== undefined) faults.push(`a ${status} of another schema: ${fault}`);
      faults.push(...acceptedFaults(request, told));
      for (const listed of Object.keys(operation.responses[status]?.headers ?? {})) {
        if (!headers.some(([name]) => name === listed.toLowerCase()))
          faults.push(`a ${status} without the header ${listed} that the document lists`);
      }
    }

    for (const [name, value] of headers) {
      if (name === 'x-injected') faults.push('a header of the caller');
      const isEcho = name === 'x-request-id' && REQUEST_ID.test(value);
      if (!isEcho && tells(name + value, markers)) faults.push(`the header ${name} tells what was sent`);
    }
    const isPage = headers.some(([name, value]) => name === 'content-type' && value.includes('html'));
    if (isPage && tells(body, markers)) faults.push('a page tells what was sent');
    return faults;
  };
}
