import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditException, judgeExceptions, judgeFindings, needlessExceptions } from './judge-audit.ts';
import { readAudit } from './read-audit.ts';

/**
 * `npm run audit`: asks the registry for advisories about the packages of the lock. Ends with 1 where it knows one that
 * `audit-exceptions.json`, or the file that is named, does not hold, or where an exception there has expired. Where the registry answers no audits
 * it says so, and judges the exceptions only.
 */

const ROOT = join(import.meta.dirname, '..');
const ANSWER_WITHIN_MS = 20_000;

const [, , file = join(import.meta.dirname, 'audit-exceptions.json')] = process.argv;
const exceptions = JSON.parse(readFileSync(file, 'utf8')) as AuditException[];
const today = new Date().toISOString().slice(0, 10);

const asked = [
  'audit',
  '--json',
  '--package-lock-only',
  '--fetch-retries=0',
  `--fetch-timeout=${ANSWER_WITHIN_MS}`,
];
// npm's own exit code is left alone: it knows no exceptions.
const { stdout } = spawnSync('npm', asked, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
const answer = readAudit(stdout);

const complaints = judgeExceptions(exceptions, today);
if ('findings' in answer) {
  complaints.push(...judgeFindings(answer.findings, exceptions));
  for (const { package: name, advisory } of needlessExceptions(answer.findings, exceptions)) {
    console.log(`audit: the exception ${advisory} for ${name} covers nothing any more and can go`);
  }
  console.log(`audit: ${answer.findings.length} findings, ${exceptions.length} exceptions`);
} else {
  console.log(`AUDIT SKIPPED: THE REGISTRY ANSWERS NO AUDITS (${answer.notAnswered}).`);
  console.log('AUDIT SKIPPED: nobody has looked for advisories about the packages of the lock in this run.');
}
for (const complaint of complaints) console.error(`audit: ${complaint}`);
if (complaints.length > 0) process.exitCode = 1;
