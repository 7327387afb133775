import { IMPORT_KINDS, UPDATE_KINDS } from '../../src/imports/import-kinds.js';
import { type KindColumn, columnsOf } from '../../src/imports/upload/kind-columns.js';

const REQUIRED: Readonly<Record<KindColumn['required'], string>> = {
  always: 'yes',
  'with others': 'with its object',
  no: '',
};

function describeColumn({ pattern, type, values, required, example, description }: KindColumn): string {
  const about = [
    description.split('\n').join(' ').replaceAll('|', '\\|'),
    ...(values ? [`One of ${values.map((one) => `\`${one}\``).join(', ')}.`] : []),
  ];
  const cell = example === '' ? '' : `\`${example}\``;
  return `| \`${pattern}\` | ${type} | ${REQUIRED[required]} | ${cell} | ${about.join(' ').trim()} |`;
}

/** Writes docs/import-columns.md: the columns that a CSV upload of each kind may have. */
export function describeColumns(): string {
  const tables = IMPORT_KINDS.flatMap((kind) => [
    '',
    `## ${kind}`,
    '',
    '| column | type | required | example | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...columnsOf(UPDATE_KINDS[kind].dto).map(describeColumn),
  ]);
  return [
    '# Columns of a CSV import',
    '',
    'In a header, write a position from 0 in place of `<n>`, a type of identifier in place of `<type>`, and the name of a field in',
    'place of `<name>`: `cards.0.number`, `identifiers.mobile`, `extendedFields.city`. A column that is required with its object',
    'needs a cell if another column of the same object, such as `cards.0`, has one. A customer is named by an identifier or a card.',
    '`npm run generate` writes this file; a test compares it with the code.',
    ...tables,
    '',
  ].join('\n');
}
