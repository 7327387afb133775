import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingNames } from './read-settings.js';
import { Settings } from './settings.js';

const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, commented, name, value = ''] = /^(# )?([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value, isSet: commented === undefined }];
  });

describe('.env.example', () => {
  it('lists exactly the variables that the service reads, in the order of the class', () => {
    expect(lines.map(({ name }) => name)).toEqual(settingNames());
  });

  it('sets each variable to its default, and comments out those without one', () => {
    const defaults = new Map<string, string | number>(Object.entries(new Settings()));
    const expected = settingNames().map((name) => {
      const value = defaults.get(name);
      return {
        name,
        ...(value === undefined ? { isSet: false } : { isSet: true, value: String(value) }),
      };
    });
    expect(lines.map(({ value, ...line }) => (line.isSet ? { ...line, value } : line))).toEqual(expected);
  });
});
