import { describe, expect, it } from 'vitest';
import { type SpanFacts, attributesOf } from './attributes.js';

describe(attributesOf, () => {
  it('names facts as the standard does, and others with our own prefix', () => {
    expect(attributesOf({ method: 'PUT', status: 200, callId: 'one' })).toEqual({
      'http.request.method': 'PUT',
      'http.response.status_code': 200,
      'meniscus.call.id': 'one',
    });
  });

  it('leaves out what is not on the list, and what is neither a text nor a number', () => {
    const body = { firstName: 'Asha' };
    const others = { body, firstName: 'Asha', url: '/?mobile=1', constructor: 'Asha', customers: ['hash'] };
    const facts = { ...others, status: undefined, callId: body, source: 'INSTORE' } as unknown as SpanFacts;
    expect(attributesOf(facts)).toEqual({ 'meniscus.call.source': 'INSTORE' });
  });
});
