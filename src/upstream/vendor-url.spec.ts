import { describe, expect, it } from 'vitest';
import { vendorBase, vendorUrl } from './vendor-url.js';

describe(vendorUrl.name, () => {
  it.each([
    ['https://eu.example', 'https://eu.example/v2/bulk'],
    ['https://eu.example/', 'https://eu.example/v2/bulk'],
    ['https://eu.example:8443', 'https://eu.example:8443/v2/bulk'],
    ['https://gateway.example/capillary', 'https://gateway.example/capillary/v2/bulk'],
    ['https://gateway.example/eu/capillary/', 'https://gateway.example/eu/capillary/v2/bulk'],
  ])('puts the path of a call after that of the base URL: %s', (UPSTREAM_BASE_URL, url) => {
    expect(vendorUrl({ UPSTREAM_BASE_URL }, '/v2/bulk').href).toBe(url);
  });
});

describe(vendorBase.name, () => {
  it('is the same with and without a slash at the end, as instances share the calls of one base', () => {
    expect(vendorBase({ UPSTREAM_BASE_URL: 'https://eu.example/' })).toBe('https://eu.example');
    expect(vendorBase({ UPSTREAM_BASE_URL: 'https://a.example/b/' })).toBe('https://a.example/b');
  });
});
