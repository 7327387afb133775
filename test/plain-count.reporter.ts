import type { Reporter, TestModule } from 'vitest/node';

/** Closes a run with one plain line, whatever the other reporters print. */
export default class PlainCountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
      }
    }
    if (count.skipped > 0) console.log(`SKIPPED: ${count.skipped}, each with its reason in the lines above`);
    console.log(`${count.passed} passed, ${count.failed} failed`);
  }
}
