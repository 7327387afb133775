interface Endpoints {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
}

/**
 * Returns where traces go; undefined when they go nowhere. Source: the standard, which has the endpoint of traces as it is
 * and adds a path to the general one (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 */
export function tracesUrl(settings: Endpoints): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = settings;
  return traces ?? (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
}

/** The characters of the name of a header. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * Reads `name=value,name=value`, with values that are percent-encoded.
 *
 * @returns undefined when it is not in this form
 */
export function readOtlpHeaders(text: string | undefined): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of text?.split(',') ?? []) {
    const end = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, end)).trim();
    const value = decode(pair.slice(end + 1).trim());
    if (!HEADER_NAME.test(name) || value === undefined || !HEADER_VALUE.test(value)) return undefined;
    headers[name] = value;
  }
  return headers;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
