import { type JSONPath, visit } from 'jsonc-parser';

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Counts the names in all objects of a JSON text, each repetition too: outside of strings, a colon follows a name and
 * nothing else. `JSON.parse` keeps only the last of the values with one name, so a larger count than the one of the parsed
 * objects is a repetition.
 *
 * @param json valid JSON in UTF-8
 */
export function countNames(json: Buffer): number {
  let count = 0;
  const end = json.length;
  for (let at = 0; at < end; at += 1) {
    const byte = json[at];
    if (byte === COLON) count += 1;
    else if (byte === QUOTE) {
      at += 1;
      while (at < end && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    }
  }
  return count;
}

/** Returns the path of each name that its object has already, at most `max` of them. It takes longer than `JSON.parse`, and runs only if there is one. */
export function repeatedNames(text: string, max: number): JSONPath[] {
  const paths: JSONPath[] = [];
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectProperty: (name, _offset, _length, _line, _character, pathOf) => {
      const names = open.at(-1);
      if (!names?.has(name)) names?.add(name);
      else if (paths.length < max) paths.push([...pathOf(), name]);
    },
    onObjectEnd: () => {
      open.pop();
    },
  });
  return paths;
}
