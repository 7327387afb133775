import { MISTAKE_CODES } from '../../src/problems/mistake-codes.js';
import { PROBLEM_PAGES } from '../../src/problems/problem-catalog.js';
import { CODE_CATALOG } from '../../src/upstream/code-catalog.js';

/** Writes docs/problems.md: every problem type, the vendor's codes behind it, our status, and what to do. */
export function describeProblems(): string {
  const rows = Object.entries(PROBLEM_PAGES).map(([type, { status, title, explanation, whatToDo }]) => {
    const codes = CODE_CATALOG.filter((row) => row.type === type)
      .flatMap((row) => row.codes)
      .join(', ');
    return `| \`${type}\` | ${status} | ${codes} | ${title}. ${explanation} | ${whatToDo} |`;
  });
  return [
    '# Problems',
    '',
    'This table lists every `type` of a problem; the service serves a page for each under `/problems`. The status is that of a',
    'request for one update. A code that is not listed here is `update-refused`, with the code and message of the vendor.',
    '`npm run generate` writes this file; a test compares it with the code.',
    '',
    "| type | status | the vendor's codes | what it means | what to do |",
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Mistakes in a request',
    '',
    'Each mistake in `errors` has a `code`, and where it has parameters also `params`, such as `{ "max": 100 }`, so that a',
    'program can say it in the language of its user. No parameter is a value of the request. The list is closed: a new kind of',
    'mistake gets a new code. For an error of the vendor, `code` is the number of the vendor instead.',
    '',
    '| code | what it means |',
    '| --- | --- |',
    ...Object.entries(MISTAKE_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ].join('\n');
}
