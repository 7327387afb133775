import { describe, expect, it } from 'vitest';
import { readOtlpHeaders, tracesUrl } from './otlp-settings.js';

const BASE = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const TRACES = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';

describe(tracesUrl, () => {
  it.each([
    [{}, undefined],
    [{ [BASE]: 'http://collector:4318' }, 'http://collector:4318/v1/traces'],
    [{ [BASE]: 'http://collector:4318/' }, 'http://collector:4318/v1/traces'],
    [{ [BASE]: 'https://collector/otlp' }, 'https://collector/otlp/v1/traces'],
    [{ [BASE]: 'http://collector:4318', [TRACES]: 'http://other/path' }, 'http://other/path'],
  ])('of %j is %s', (settings, url) => {
    expect(tracesUrl(settings)).toBe(url);
  });
});

describe(readOtlpHeaders, () => {
  it.each([
    [undefined, {}],
    ['api-key=abc', { 'api-key': 'abc' }],
    ['Authorization=Basic%20YTpi==, x-tenant = one', { Authorization: 'Basic YTpi==', 'x-tenant': 'one' }],
  ])('reads %s', (text, headers) => {
    expect(readOtlpHeaders(text)).toEqual(headers);
  });

  it.each(['abc', '=abc', 'name=', 'a name=abc', 'name=%zz', 'name=a%0d%0ab', 'a=b,', 'name=%E2%82%AC'])(
    'does not read %s',
    (text) => {
      expect(readOtlpHeaders(text)).toBeUndefined();
    },
  );
});
