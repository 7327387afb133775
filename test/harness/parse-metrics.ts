/** One sample of the text format of Prometheus, or of OpenMetrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: Readonly<Record<string, string>>;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?)|[+-]Inf|NaN)$/;
const LABELS = String.raw`\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\}`;
const SAMPLE = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*)(?:${LABELS})? (\S+)(?: # ${LABELS} (\S+) (\d+(?:\.\d+)?))?$`,
);
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
};

function readLabels(text = ''): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)"/g)];
  const labels = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
  if (Object.keys(labels).length !== pairs.length) throw new Error(`a label is there twice: ${text}`);
  return labels;
}

function readNumber(text: string): number {
  if (!NUMBER.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text.replace('Inf', 'Infinity'));
}

function readSample(line: string): Sample {
  const found = SAMPLE.exec(line);
  if (!found) throw new Error(`not a sample: ${line}`);
  const [, name = '', labels, value = '', exemplar, exemplarValue] = found;
  if (exemplarValue !== undefined) readNumber(exemplarValue);
  return {
    name,
    labels: readLabels(labels),
    value: readNumber(value),
    ...(exemplar !== undefined && { exemplar: readLabels(exemplar) }),
  };
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0));
}

function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _bound, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => readNumber(labels['le'] ?? ''));
    const counts = buckets.map(({ value }) => value);
    const count = all.find((sample) => sample.name === `${name}_count`)?.value;
    const isWhole = bounds.at(-1) === Infinity && counts.at(-1) === count;
    if (!isWhole || !isAscending(bounds) || !isAscending(counts))
      throw new Error(`not a histogram: ${name} ${key}`);
  }
}

function checkFamily(family: Family, isOpenMetrics: boolean): void {
  const { name, type, samples, help } = family;
  if (!NAME.test(name) || help === '') throw new Error(`a family without a name or help: ${name}`);
  const suffixes = type === 'counter' && isOpenMetrics ? ['_total'] : SUFFIXES[type];
  if (!suffixes) throw new Error(`${name} has the unknown type ${type}`);
  const seen = new Set<string>();
  for (const sample of samples) {
    if (!suffixes.some((suffix) => sample.name === name + suffix))
      throw new Error(`${sample.name} is no sample of the ${type} ${name}`);
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).map(String).toSorted()]);
    if (seen.has(key)) throw new Error(`a sample is there twice: ${key}`);
    seen.add(key);
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`${sample.name} is below 0`);
    if (sample.exemplar && !(isOpenMetrics && sample.name.endsWith('_bucket')))
      throw new Error(`${sample.name} must have no exemplar`);
  }
  if (type === 'counter' && !isOpenMetrics && !name.endsWith('_total'))
    throw new Error(`the counter ${name} does not end with _total`);
  if (type === 'histogram') checkHistogram(family);
}

/**
 * Parses metrics by the rules of their format, and throws at the first violation: each family once, with one HELP and one
 * TYPE before its samples, no sample twice, histograms that add up.
 */
export function parseMetrics(text: string, isOpenMetrics = false): Map<string, Family> {
  const families = new Map<string, Family>();
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const lines = text.slice(0, -1).split('\n');
  if (isOpenMetrics && lines.pop() !== '# EOF') throw new Error('the text does not end with # EOF');
  let help: readonly [string, string] | undefined;
  let family: Family | undefined;
  for (const line of lines) {
    if (line === '' && !isOpenMetrics) continue;
    const [, keyword, name = '', words = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') help = [name, words];
    else if (keyword === 'TYPE') {
      if (help?.[0] !== name || families.has(name)) throw new Error(`TYPE without HELP, or twice: ${line}`);
      family = { name, help: help[1], type: words, samples: [] };
      families.set(name, family);
    } else if (family) family.samples.push(readSample(line));
    else throw new Error(`a sample before its TYPE: ${line}`);
  }
  for (const one of families.values()) checkFamily(one, isOpenMetrics);
  return families;
}

/** Returns the sum of the samples with these labels; undefined when there are none. */
export function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const samples = [...parseMetrics(text).values()]
    .flatMap((family) => family.samples)
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  return samples.length === 0 ? undefined : samples.reduce((sum, { value }) => sum + value, 0);
}
