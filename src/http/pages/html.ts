const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** Code in backticks, or a link. */
const MARKED = /`([^`]+)`|\[([^\][]+)\]\(([^\s()[]+)\)/g;

/** Only to a page of this service, or to another by https. */
const isSafeLink = (href: string): boolean => href.startsWith('/') || href.startsWith('https://');

/**
 * Renders a sentence with code in backticks and links, as Markdown writes them, as HTML: `` `errors` `` becomes
 * `<code>errors</code>`. Everything else is escaped.
 */
export function renderSentence(markdown: string): string {
  let html = '';
  let end = 0;
  for (const found of markdown.matchAll(MARKED)) {
    const [whole, code, label = '', href = ''] = found;
    html += escapeHtml(markdown.slice(end, found.index));
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (isSafeLink(href)) html += `<a href="${escapeHtml(href)}">${renderSentence(label)}</a>`;
    else html += escapeHtml(whole);
    end = found.index + whole.length;
  }
  return html + escapeHtml(markdown.slice(end));
}

/** Renders a page in the style of all pages. `body` is HTML, `title` is text. */
export function renderPage(title: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${escapeHtml(title)} · Meniscus</title><link rel="stylesheet" href="/style.css"></head>` +
    '<body><header><strong>Meniscus</strong><nav aria-label="Pages"><a href="/">Start</a><a href="/docs">API</a>' +
    `<a href="/problems">Problems</a></nav></header><main>${body}</main></body></html>`
  );
}
