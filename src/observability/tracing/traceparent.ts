/** The span of the caller, as its headers name it. Source: W3C Trace Context, https://www.w3.org/TR/trace-context/. */
export interface CallerSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the caller may have recorded its span. */
  readonly isSampled: boolean;
}

/** Version, trace id, span id, flags; a later version may have more behind a `-`. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/**
 * Reads `traceparent`. An invalid one is ignored, as the standard says: the request then begins a trace of its own. A
 * repeated one is invalid too, as Node joins the two with a comma.
 */
export function readTraceparent(header: string | readonly string[] | undefined): CallerSpan | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
