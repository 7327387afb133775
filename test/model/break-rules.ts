/**
 * Breaks the rules of delivery one by one, in a copy of the sources, and runs the tests that should fail. Prints which
 * did; ends with 1 when none did.
 *
 *     npm run test:broken            all of them
 *     npm run test:broken -- order   those with that word in their name
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Patch {
  readonly rule: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const PATCHES: readonly Patch[] = [
  {
    rule: 'order: an update does not wait for its turn',
    file: 'src/delivery/queue/customer-locks.ts',
    from: 'return blockedBy === 0 && entries',
    to: 'return blockedBy >= 0 && entries',
  },
  {
    rule: 'order: an update does not wait for a call in flight',
    file: 'src/delivery/queue/customer-locks.ts',
    from: 'queue.call === undefined || queue.call === call',
    to: 'queue.call !== null',
  },
  {
    rule: 'order: an owner joins a call that names the same customer',
    file: 'src/delivery/queue/customer-locks.ts',
    from: "lastInCall?.claim === 'named' && behind?.claim === 'named'",
    to: "lastInCall?.claim === 'named'",
  },
  {
    rule: 'order: settled updates keep their locks',
    file: 'src/delivery/queue/customer-locks.ts',
    from: 'if (!stays(request.holder)) request.entries',
    to: 'if (stays(request.holder)) request.entries',
  },
  {
    rule: 'families: children do not count',
    file: 'src/delivery/update.ts',
    from: '[...update.customer, ...update.children.flat()]',
    to: '[...update.customer]',
  },
  {
    rule: 'families: parents do not count',
    file: 'src/delivery/queue/pending-set.ts',
    from: 'ownedKeys(one.update), one.update.parent);',
    to: 'ownedKeys(one.update), []);',
  },
  {
    rule: 'families: only the first identifier counts',
    file: 'src/delivery/update.ts',
    from: '[...update.customer, ',
    to: '[...update.customer.slice(0, 1), ',
  },
  {
    rule: 'order: a customer is free when the caller has an outcome, though the call is still in flight',
    file: 'src/delivery/delivery.service.ts',
    from: 'if (one.isInCall) return;',
    to: '',
  },
  {
    rule: 'retries: what may have credited points is sent again',
    file: 'src/delivery/settle/retry-decision.ts',
    from: 'if (mayBeApplied && !isSafeToRepeat)',
    to: 'if (mayBeApplied && isSafeToRepeat === undefined)',
  },
  {
    rule: 'retries: the points stay in the stripped repeat',
    file: 'src/delivery/queue/pending-update.ts',
    from: '    this.item = item;\n',
    to: '',
  },
  {
    rule: 'retries: past the deadline',
    file: 'src/delivery/delivery.service.ts',
    from: "for (const one of arrived) this.giveUp(one, 'deadline-passed');",
    to: '',
  },
  {
    rule: 'retries: a refusal of a later attempt counts for all attempts',
    file: 'src/delivery/queue/pending-update.ts',
    from: 'if (this.doubt !== undefined) return this.settleUnknown(this.doubt, now, undefined, errors);',
    to: '',
  },
  {
    rule: 'retries: what may have been applied is reported as failed',
    file: 'src/delivery/queue/pending-update.ts',
    from: 'const doubtNow = doubt ?? (this.isSent ? reason : undefined);',
    to: 'const doubtNow = undefined as OutcomeReason | undefined;',
  },
  {
    rule: 'retries: without a budget',
    file: 'src/delivery/queue/retry-budget.ts',
    from: 'return this.saved >= 1 ? now',
    to: 'return this.saved > -Infinity ? now',
  },
  {
    rule: 'proof: results are matched by position though the counts differ',
    file: 'src/delivery/settle/match-results.ts',
    from: 'results.length === customers.length &&',
    to: '',
  },
  {
    rule: 'proof: the order holds in spite of contradictions',
    file: 'src/delivery/settle/match-results.ts',
    from: 'proofs.every(({ fitsItsPlace }) => fitsItsPlace)',
    to: 'proofs.every(({ named }) => named.length < 9)',
  },
  {
    rule: 'proof: a call that was lost counts as not sent',
    file: 'src/delivery/settle/read-verdicts.ts',
    from: "return updates.map(() => failed({ kind: 'ambiguous' }, result.reason));",
    to: "return updates.map(() => failed({ kind: 'not-sent' }, result.reason));",
  },
  {
    rule: 'answers: a redirect counts as not applied',
    file: 'src/upstream/classify-answer.ts',
    from: "const redirected: Reading = { as: 'ambiguous', reason: 'redirected' };",
    to: "const redirected: Reading = { as: 'refused', reason: 'upstream-misconfigured', isDivisible: false };",
  },
  {
    rule: 'answers: a bare 4xx counts as a verdict',
    file: 'src/upstream/classify-answer.ts',
    from: "  { status: [400, 499], shape: 'vendor', reading: refused },",
    to: '  { status: [400, 499], reading: refused },',
  },
  {
    rule: 'answers: a denied access counts as a verdict',
    file: 'src/upstream/classify-answer.ts',
    from: '{ code: [403, 403], says: NO_ACCESS, reading: misconfigured },',
    to: '{ code: [403, 403], says: NO_ACCESS, reading: refused },',
  },
  {
    rule: 'budget: a window of 50 seconds',
    file: 'src/upstream/call-budget.ts',
    from: 'const WINDOW_MS = 60_000;',
    to: 'const WINDOW_MS = 50_000;',
  },
  {
    rule: 'budget: calls in flight do not count',
    file: 'src/upstream/call-budget.ts',
    from: 'return this.open + this.ended.length;',
    to: 'return this.ended.length;',
  },
  {
    rule: 'budget: everything at once, instead of evenly',
    file: 'src/upstream/call-budget.ts',
    from: 'const BURST_SHARE = 0.25;',
    to: 'const BURST_SHARE = 1;',
  },
  {
    rule: 'budget: no reserve',
    file: 'src/upstream/call-budget.ts',
    from: 'const RESERVE_SHARE = 0.1;',
    to: 'const RESERVE_SHARE = -1;',
  },
  {
    rule: 'budget: a 429 is ignored',
    file: 'src/upstream/call-budget.ts',
    from: 'this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);',
    to: '',
  },
  {
    rule: 'concurrency: one call too many',
    file: 'src/delivery/capacity/vendor-capacity.ts',
    from: 'this.openCalls >= this.settings.UPSTREAM_MAX_CONCURRENCY',
    to: 'this.openCalls > this.settings.UPSTREAM_MAX_CONCURRENCY',
  },
  {
    rule: 'lanes: a call takes one more than it may',
    file: 'src/delivery/call/pack-bulk-call.ts',
    from: 'call.members.length < bounds.itemCount',
    to: 'call.members.length <= bounds.itemCount',
  },
  {
    rule: 'lanes: bytes are not bounded',
    file: 'src/delivery/call/pack-bulk-call.ts',
    from: 'bodyBytes + itemBytes > bounds.bodyBytes',
    to: 'bodyBytes + itemBytes > Infinity',
  },
  {
    rule: 'lanes: they do not take turns',
    file: 'src/delivery/queue/lane.ts',
    from: 'if (name === turn || !lane.hasWork(name)) this.waiting[name].delete(lane);',
    to: 'if (!lane.hasWork(name)) this.waiting[name].delete(lane);',
  },
  {
    rule: 'lanes: every update leaves alone',
    file: 'src/delivery/call/pack-bulk-call.ts',
    from: 'call.members.length < bounds.itemCount',
    to: 'call.members.length < 1',
  },
  {
    rule: 'fairness: the background starves',
    file: 'src/delivery/queue/lane-scheduler.ts',
    from: "this.callsSinceBackground >= BACKGROUND_TURN - 1) return 'background';",
    to: "this.callsSinceBackground >= Infinity) return 'background';",
  },
  {
    rule: 'fairness: the background comes first',
    file: 'src/delivery/queue/lane-scheduler.ts',
    from: "this.callsSinceBackground >= BACKGROUND_TURN - 1) return 'background';",
    to: "this.callsSinceBackground >= 0) return 'background';",
  },
  {
    rule: 'isolation: the first suspect is rejected',
    file: 'src/delivery/settle/isolate.ts',
    from: 'return this.suspects.length === 1 ? this.found() : undefined;',
    to: 'return this.found();',
  },
  {
    rule: 'isolation: all are rejected with the cause',
    file: 'src/delivery/settle/settle.ts',
    from: 'if (members.length === 1 || !isDivisible(result))',
    to: 'if (members.length > 0)',
  },
  {
    rule: 'isolation: the named cause is ignored',
    file: 'src/delivery/settle/settle.ts',
    from: 'if (blamed.length > 0) {',
    to: 'if (blamed.length > 1000) {',
  },
  {
    rule: 'isolation: rejections are forgotten at once',
    file: 'src/delivery/admission/recent-rejections.ts',
    from: 'until: now + this.rememberMs',
    to: 'until: now',
  },
  {
    rule: 'sizes: never learned',
    file: 'src/delivery/capacity/learned-batch-size.ts',
    from: 'this.learned = Math.max(1, before, Math.floor(itemCount / 2));',
    to: 'this.learned = itemCount;',
  },
  {
    rule: 'sizes: a single update that is too large leaves calls small',
    file: 'src/delivery/capacity/learned-batch-size.ts',
    from: 'this.learned = this.before.learned;',
    to: '',
  },
  {
    rule: 'sizes: a call with too many bytes is divided by its count',
    file: 'src/delivery/capacity/vendor-capacity.ts',
    from: 'const isAboutBytes = hasTooManyBytes(result);',
    to: 'const isAboutBytes = hasTooManyBytes(result) && lane.memberCount < 0;',
  },
  {
    rule: 'sizes: that all are refused is not noticed',
    file: 'src/delivery/settle/size-split.ts',
    from: 'if (this.refusedInARow < REFUSED_BY_ALL) return [];',
    to: 'if (this.refusedInARow < Infinity) return [];',
  },
  {
    rule: 'isolation: that all are refused is not noticed',
    file: 'src/delivery/settle/isolate.ts',
    from: 'return this.causesInARow >= REFUSED_BY_ALL;',
    to: 'return this.causesInARow >= Infinity;',
  },
  {
    rule: 'breaker: never opens',
    file: 'src/delivery/capacity/circuit-breaker.ts',
    from: 'return isFailure && this.isSick ? this.open(OPEN_MS, now) : undefined;',
    to: 'return undefined;',
  },
  {
    rule: 'breaker: opens with a success',
    file: 'src/delivery/capacity/circuit-breaker.ts',
    from: 'return isFailure && this.isSick ? ',
    to: 'return this.isSick ? ',
  },
  {
    rule: 'breaker: each attempt of an update counts',
    file: 'src/delivery/capacity/circuit-breaker.ts',
    from: 'if (!earlier.includes(undefined)) for',
    to: 'if (earlier.length < 0) for',
  },
  {
    rule: 'breaker: knows nothing when it closes',
    file: 'src/delivery/capacity/circuit-breaker.ts',
    from: '    this.count(isFailure, updates, now);\n    switch',
    to: "    if (this.state(now) === 'closed') this.count(isFailure, updates, now);\n    switch",
  },
  {
    rule: 'breaker: all calls decide together when it is half open',
    file: 'src/delivery/capacity/circuit-breaker.ts',
    from: "(state === 'half-open' && openCalls === 0)",
    to: "(state === 'half-open' && openCalls >= 0)",
  },
  {
    rule: 'callers: the updates of a caller who has gone are sent',
    file: 'src/delivery/delivery.service.ts',
    from: "signal.addEventListener('abort', onGone);",
    to: '',
  },
  {
    rule: 'callers: what cannot leave in time is admitted',
    file: 'src/delivery/admission/admission.ts',
    from: 'if (answeredAt <= deadlineAt) return undefined;',
    to: 'if (answeredAt > 0) return undefined;',
  },
  {
    rule: 'callers: what cannot be answered in time is admitted',
    file: 'src/delivery/admission/admission.ts',
    from: ' + (leavesAt - now) * DELAY_SHARE + this.capacity.timeToAnswer(one.submission)',
    to: '',
  },
  {
    rule: 'backpressure: there is always room',
    file: 'src/delivery/admission/admission.ts',
    from: 'this.pending.count + arrived.length <= MAX_PENDING_UPDATES &&',
    to: '',
  },
  {
    rule: 'backpressure: bytes are not counted',
    file: 'src/delivery/admission/admission.ts',
    from: 'this.pending.bytes + bytes <= MAX_PENDING_BYTES',
    to: 'this.pending.bytes + bytes <= Infinity',
  },
  {
    rule: 'drain: nothing is given up',
    file: 'src/delivery/delivery.service.ts',
    from: "for (const update of this.pending) this.giveUp(update, 'shutting-down');",
    to: '',
  },
  {
    rule: 'credits: sent without being recorded',
    file: 'src/delivery/call/credit-journal.service.ts',
    from: 'if (carriers.length === 0) return',
    to: 'if (carriers.length >= 0) return',
  },
  {
    rule: 'credits: callers get outcomes before doubts are recorded',
    file: 'src/delivery/delivery.service.ts',
    from: 'await this.journal.noteDoubts(arrived);',
    to: '',
  },
  {
    rule: 'credits: their end is not recorded',
    file: 'src/delivery/delivery.service.ts',
    from: 'this.journal.noteAnswered(carriers);',
    to: '',
  },
  {
    rule: 'credits: sent though they could not be recorded',
    file: 'src/delivery/call/credit-journal.service.ts',
    from: '!mayLeave?.has(creditId)',
    to: 'mayLeave?.has(creditId) === false',
  },
  {
    rule: 'memory: settled updates stay',
    file: 'src/delivery/queue/pending-set.ts',
    from: 'for (const one of members) if (one.isSettled) this.forget(one);',
    to: '',
  },
];

/** The part of the runner's report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
  }[];
}

const ROOT = new URL('../../', import.meta.url).pathname;
const [only = ''] = process.argv.slice(2);

function prepare(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-broken-'));
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** @returns the titles of the tests that failed */
function run(folder: string): string[] {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const vitest = 'node_modules/vitest/vitest.mjs run --project model --project small delivery call-budget';
  const reporter = ['--reporter=json', `--outputFile=${report}`];
  spawnSync(process.execPath, [...vitest.split(' '), ...reporter], {
    cwd: folder,
    env: { ...process.env, MODEL_RUNS: '2000', MODEL_UPDATES: '4000' },
    timeout: 60_000,
  });
  if (!existsSync(report)) return ['(it never ended)'];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  );
}

const folder = prepare();
let survivors = 0;
try {
  const untouched = run(folder);
  if (untouched.length > 0) throw new Error(`red before anything was broken: ${untouched.join('; ')}`);
  for (const { rule, file, from, to } of PATCHES.filter((patch) => patch.rule.includes(only))) {
    const path = join(folder, file);
    const whole = readFileSync(path, 'utf8');
    if (whole.split(from).length !== 2) throw new Error(`${file} does not hold exactly once: ${from}`);
    writeFileSync(path, whole.replace(from, to));
    const noticed = run(folder);
    writeFileSync(path, whole);
    if (noticed.length === 0) survivors += 1;
    const [first = 'NOTHING NOTICED'] = noticed;
    const others = noticed.length > 1 ? ` (and ${noticed.length - 1} more)` : '';
    console.log(`${noticed.length > 0 ? 'red  ' : 'GREEN'} ${rule} — ${first}${others}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (survivors > 0) process.exitCode = 1;
