/** Words that the repository does not use, and the phrases in which they are right. */
export interface WordRules {
  /** In lower case. A word that ends with `-` matches every word that begins with it. */
  readonly words: readonly string[];
  readonly allowed: readonly string[];
}

/** One occurrence. `at` is `file:line`, or the file alone where its name has the word. */
export interface FoundWord {
  readonly at: string;
  readonly word: string;
}

/** Splits identifiers at case changes: `runTask` and `RUN_TASK` consist of `run` and `task`, `runner` only of itself. */
const WORD = /[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+/g;

const escape = (phrase: string): string => phrase.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Finds the words of the rules in a file's name and in each of its lines. */
export function findWords(file: string, text: string, { words, allowed }: WordRules): FoundWord[] {
  const whole = new Set(words.filter((word) => !word.endsWith('-')));
  const beginnings = words.filter((word) => word.endsWith('-')).map((word) => word.slice(0, -1));
  const phrases = new RegExp(allowed.map((phrase) => escape(phrase)).join('|') || '(?!)', 'gi');
  const findIn = (line: string, at: string): FoundWord[] =>
    [...line.replaceAll(phrases, ' ').matchAll(WORD)]
      .map(([word]) => word.toLowerCase())
      .filter((word) => whole.has(word) || beginnings.some((beginning) => word.startsWith(beginning)))
      .map((word) => ({ at, word }));
  return [
    ...findIn(file, file),
    ...text.split('\n').flatMap((line, index) => findIn(line, `${file}:${index + 1}`)),
  ];
}
