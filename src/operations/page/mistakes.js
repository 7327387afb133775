import { html } from './html.js';
import { Paged } from './parts.js';

/** @typedef {import('../../imports/dto/import.dto.js').LineMistakesDto} LineMistakesDto */

/**
 * Lists what is wrong in an upload, by line and column.
 *
 * @param {{ of: readonly LineMistakesDto[] }} props
 */
export function Mistakes({ of: mistakes }) {
  const items = mistakes.flatMap(({ line, errors }) => errors.map((error) => ({ line, ...error })));
  return html`<${Paged}
    label="Mistakes"
    items=${items}
    columns=${['Line', 'Column', 'Mistake', 'Found']}
    row=${(/** @type {(typeof items)[number]} */ { line, column, pointer, message, found }) =>
      html`<tr>
        <td class="number">${line}</td>
        <td><code>${column ?? pointer ?? ''}</code></td>
        <td>${message}</td>
        <td>${found ?? ''}</td>
      </tr>`}
  />`;
}
