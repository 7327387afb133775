import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crowd } from './crowd.ts';

/** `npm run --silent demo:customers -- 100000` writes a CSV file for an import: the first 100,000 customers of the crowd. */

const header = 'identifiers.mobile,firstName,lastName,extendedFields.city,loyaltyType';

/** All names are fictional. */
const firstNames =
  'Aarav Aditi Bilal Carla Chen Deepa Emil Farah Gita Hana Ishaan Jaya Karim Lakshmi Manoj Nina Olu Pooja'.split(
    ' ',
  );
const lastNames =
  "Agarwal Bose Chowdhury D'Souza Eze Fernandes Gill Hussain Iyer Joshi Kulkarni Lobo Mehta Nayak Okafor".split(
    ' ',
  );
/** The last one means that the city is unknown. */
const cities = [
  'Bengaluru',
  'Chennai',
  'Delhi',
  'Hyderabad',
  'Jaipur',
  'Kochi',
  'Navi Mumbai',
  'Pune',
  'Surat',
  '',
];

/** Lines that share one write. */
const linesAtOnce = 1000;

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}

function line(index: number): string {
  const lastName = pick(lastNames, Math.floor(index / firstNames.length));
  return [crowd.first + index, pick(firstNames, index), lastName, pick(cities, index), 'loyalty'].join(',');
}

function* csv(count: number): Generator<string> {
  yield `${header}\n`;
  for (let from = 0; from < count; from += linesAtOnce) {
    const length = Math.min(linesAtOnce, count - from);
    yield Array.from({ length }, (_, index) => `${line(from + index)}\n`).join('');
  }
}

const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1 || count > crowd.size) {
  console.error(`How many customers? A whole number from 1 to ${crowd.size}.`);
  process.exit(1);
}
try {
  await pipeline(Readable.from(csv(count)), process.stdout);
} catch (error) {
  // The reader, such as `head`, has enough.
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
}
