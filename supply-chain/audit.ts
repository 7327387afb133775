import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditException, checkExceptions, checkFindings, unusedExceptions } from './check-audit.ts';
import { readAudit } from './read-audit.ts';

/**
 * `npm run audit` asks the registry for advisories about the locked packages. It exits with 1 if there is an advisory
 * without an exception in `audit-exceptions.json` (or the file of the first argument), or if an exception has expired. If
 * the registry does not support audits, it says so and checks the exceptions only.
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
// npm's own exit code is ignored, because it does not know the exceptions.
const { stdout } = spawnSync('npm', asked, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
const answer = readAudit(stdout);

const complaints = checkExceptions(exceptions, today);
if ('findings' in answer) {
  complaints.push(...checkFindings(answer.findings, exceptions));
  for (const { package: name, advisory } of unusedExceptions(answer.findings, exceptions)) {
    console.log(`audit: the exception ${advisory} for ${name} covers no finding and can be removed`);
  }
  console.log(`audit: ${answer.findings.length} findings, ${exceptions.length} exceptions`);
} else {
  console.log(`AUDIT SKIPPED: THE REGISTRY DOES NOT SUPPORT AUDITS (${answer.notAnswered}).`);
  console.log('AUDIT SKIPPED: this run did not check the locked packages for advisories.');
}
for (const complaint of complaints) console.error(`audit: ${complaint}`);
if (complaints.length > 0) process.exitCode = 1;
