import { describe, expect, it } from 'vitest';
import { type FingerprintedRequest, canonicalJson, fingerprintRequest } from './request-fingerprint.js';

const REQUEST: FingerprintedRequest = {
  method: 'PATCH',
  path: '/v1/customers',
  query: { source: 'INSTORE', accountId: 'a' },
  body: { identifiers: [{ type: 'mobile', value: '1' }], fields: { b: 1, a: { d: true, c: null } } },
};

describe(canonicalJson.name, () => {
  it('sorts names at every depth and leaves lists as they are', () => {
    expect(canonicalJson({ b: [{ z: 1, y: 2 }, 1], a: 'x' })).toBe('{"a":"x","b":[{"y":2,"z":1},1]}');
  });
});

describe(fingerprintRequest.name, () => {
  it.each<[string, Partial<FingerprintedRequest>]>([
    [
      'names in another order',
      {
        body: { fields: { a: { c: null, d: true }, b: 1 }, identifiers: [{ value: '1', type: 'mobile' }] },
      },
    ],
    ['parameters in another order', { query: { accountId: 'a', source: 'INSTORE' } }],
    ['that it is no dry run', { query: { ...REQUEST.query, dryRun: 'false' } }],
    [
      'a number written in another way',
      {
        body: JSON.parse(
          '{"identifiers":[{"type":"mobile","value":"1"}],"fields":{"b":1.0e0,"a":{"d":true,"c":null}}}',
        ),
      },
    ],
  ])('does not depend on %s', (_what, change) => {
    expect(fingerprintRequest({ ...REQUEST, ...change })).toEqual(fingerprintRequest(REQUEST));
  });

  it.each<[string, Partial<FingerprintedRequest>]>([
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/customers/batch' }],
    ['parameter', { query: { source: 'INSTORE', accountId: 'b' } }],
    ['repeated parameter', { query: { source: 'INSTORE', accountId: ['a', 'a'] } }],
    [
      'value in the body',
      { body: { ...(REQUEST.body as object), fields: { b: '1', a: { d: true, c: null } } } },
    ],
    ['order of a list', { body: [2, 1] }],
    ['body that is none', { body: undefined }],
  ])('is another one for another %s', (_what, change) => {
    expect(fingerprintRequest({ ...REQUEST, ...change })).not.toEqual(fingerprintRequest(REQUEST));
  });
});
