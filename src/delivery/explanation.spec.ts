import { describe, expect, it } from 'vitest';
import { type Explanation, Explanations, addStep } from './explanation.js';

const anExplanation = (id: string): Explanation => ({
  id,
  submittedAt: new Date(0),
  priority: 'interactive',
  principal: 'api-key:app',
  lane: { source: 'INSTORE', kind: 'customer' },
  steps: [],
});

describe(Explanations.name, () => {
  it('keeps the latest', () => {
    const explanations = new Explanations(2);
    for (const id of ['a', 'b', 'c']) explanations.add(anExplanation(id));
    expect(['a', 'b', 'c'].map((id) => explanations.get(id)?.id)).toEqual([undefined, 'b', 'c']);
  });
});

describe(addStep.name, () => {
  it('keeps the first and the last steps of a long history', () => {
    const explanation = anExplanation('a');
    for (let afterMs = 0; afterMs < 200; afterMs += 1) addStep(explanation, { afterMs, event: 'sent' });
    const kept = explanation.steps.map(({ afterMs }) => afterMs);
    expect(kept).toHaveLength(60);
    expect(kept.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(kept.at(-1)).toBe(199);
  });
});
