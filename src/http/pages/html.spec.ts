import { describe, expect, it } from 'vitest';
import { escapeHtml, renderPage, renderSentence } from './html.js';

describe(renderSentence.name, () => {
  it.each([
    ['Nothing was sent.', 'Nothing was sent.'],
    ['See `errors` and `Retry-After`.', 'See <code>errors</code> and <code>Retry-After</code>.'],
    ['Read [all problems](/problems).', 'Read <a href="/problems">all problems</a>.'],
    [
      'Read [`errors`](https://example.com/a?b=1&c=2).',
      'Read <a href="https://example.com/a?b=1&amp;c=2"><code>errors</code></a>.',
    ],
    ['`a<b>` & "c"', '<code>a&lt;b&gt;</code> &amp; &quot;c&quot;'],
    ['[a](javascript:alert(1))', '[a](javascript:alert(1))'],
    ['one ` alone', 'one ` alone'],
  ])('renders %s', (markdown, html) => {
    expect(renderSentence(markdown)).toBe(html);
  });
});

it('escapes what ends an element or an attribute', () => {
  expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
});

it('escapes the title of a page, and takes its body as HTML', () => {
  const page = renderPage('<b>', '<h1>x</h1>');
  expect(page).toContain('<title>&lt;b&gt; · Meniscus</title>');
  expect(page).toContain('<main><h1>x</h1></main>');
});
