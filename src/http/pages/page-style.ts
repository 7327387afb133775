/**
 * The style of all pages for people, which `GET /style.css` serves: light and dark, without anything from another server.
 * Colors are variables, so that a page with parts of its own looks like the others. The two of text and its background
 * have a contrast of at least 4.5 to 1 in both schemes.
 */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --background: light-dark(#ffffff, #16191d);
  --raised: light-dark(#f3f5f7, #21262c);
  --line: light-dark(#d0d6dc, #3a424b);
  --text: light-dark(#1b2127, #e4e8ec);
  --muted: light-dark(#55606b, #a3adb8);
  --accent: light-dark(#0b5cad, #79b8ff);
  --on-accent: light-dark(#ffffff, #10151a);
  --good: light-dark(#14692f, #6fd08c);
  --warning: light-dark(#855400, #f0b849);
  --bad: light-dark(#b3261e, #ff8f86);
  --font: system-ui, sans-serif;
  --code-font: ui-monospace, monospace;
}
*, ::before, ::after { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--background);
  color: var(--text);
  font: 1rem/1.5 var(--font);
}
body > header {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem 1.5rem;
  align-items: baseline;
  padding: 0.75rem 1.5rem;
  background: var(--raised);
  border-bottom: 1px solid var(--line);
}
body > header strong { font-size: 1.125rem; }
body > header nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; }
h2 { margin-top: 2rem; font-size: 1.25rem; }
a { color: var(--accent); }
code { padding: 0.1em 0.3em; border-radius: 0.25rem; background: var(--raised); font: 0.9em var(--code-font); overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 600; }
button, input, select { padding: 0.4rem 0.75rem; border: 1px solid var(--line); border-radius: 0.25rem; background: var(--raised); color: var(--text); font: inherit; }
button { cursor: pointer; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button:disabled { cursor: default; opacity: 0.6; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted { color: var(--muted); }
.good { color: var(--good); }
.warning { color: var(--warning); }
.bad { color: var(--bad); }
`;
