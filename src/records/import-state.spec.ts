import { describe, expect, it } from 'vitest';
import { TRANSITIONS, countResultsSql, isAllowed, isAllowedSql, transitionSql } from './import-state.js';

const steps = Object.values(TRANSITIONS).flatMap(({ from, to }) =>
  from.map((state): { state: string; to: string } => ({ state, to })),
);
const START = 'uploading';
const FINAL = ['completed', 'cancelled', 'refused'];

describe('TRANSITIONS', () => {
  it('lead from uploading to every state, and from every state to a final one', () => {
    const reached = new Set([START]);
    // A set also iterates over what is added meanwhile.
    for (const state of reached) for (const step of steps) if (step.state === state) reached.add(step.to);
    expect([...reached].toSorted()).toEqual(
      [...new Set(steps.flatMap(({ state, to }) => [state, to]))].toSorted(),
    );

    const ending = new Set(FINAL);
    for (const state of ending) for (const step of steps) if (step.to === state) ending.add(step.state);
    expect(ending).toEqual(reached);
  });

  it('never leave a final state or return to uploading', () => {
    expect(steps.filter(({ state, to }) => FINAL.includes(state) || to === START)).toEqual([]);
  });
});

describe(isAllowed.name, () => {
  it.each([
    ['pause', 'running', true],
    ['pause', 'paused', false],
    ['resume', 'paused', true],
    ['resume', 'cancelling', false],
    ['cancel', 'paused', true],
    ['cancel', 'completed', false],
  ] as const)('%s in %s: %s', (action, state, expected) => {
    expect(isAllowed(action, state)).toBe(expected);
  });
});

describe('the SQL of a transition', () => {
  it('names the states that it is allowed in, and the one that it leads to', () => {
    expect(isAllowedSql('pause')).toBe("state in ('queued', 'running')");
    expect(transitionSql('pause')).toBe(
      "state = 'paused', waiting_for = null, version = version + 1, touched_at = now()",
    );
  });

  it('counts results and changes the version', () => {
    expect(countResultsSql({ updated: '$5', failed: '$7' })).toBe(
      'updated = updated + $5, failed = failed + $7, version = version + 1, touched_at = now()',
    );
  });
});
