import { count } from './format.js';
import { Component, html } from './html.js';

/**
 * Shows what went wrong, and has it read out.
 *
 * @param {{ of: readonly string[] }} props
 */
export function Sentences({ of: [first, ...others] }) {
  return html`<div class="message bad-message" role="alert">
    <p>${first}</p>
    ${
      others.length > 0 &&
      html`<ul>
        ${others.slice(0, 20).map((one) => html`<li>${one}</li>`)}
      </ul>`
    }
  </div>`;
}

/** @param {{ children: unknown }} props */
export function Notice({ children }) {
  return html`<p class="message" role="status">${children}</p>`;
}

/** @param {{ of: string }} props */
export function Outcome({ of: outcome }) {
  return html`<span class=${`pill ${outcome}`}>${outcome}</span>`;
}

/**
 * Shows a long list one page at a time, so that its length costs nothing.
 *
 * @typedef {{
 *   items: readonly any[], columns: readonly string[], label: string, row: (item: any) => unknown, pageSize?: number
 * }} PagedProps
 * @extends {Component<PagedProps, { page: number }>}
 */
export class Paged extends Component {
  state = { page: 0 };

  /**
   * @param {PagedProps} props
   * @param {{ page: number }} state
   */
  render({ items, columns, label, row, pageSize = 50 }, state) {
    const pages = Math.max(1, Math.ceil(items.length / pageSize));
    const page = Math.min(state.page, pages - 1);
    const show = (/** @type {number} */ next) => () => this.setState({ page: next });
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label=${label}>
        <table>
          <thead>
            <tr>
              ${columns.map((name) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${items.slice(page * pageSize, (page + 1) * pageSize).map((item) => row(item))}
          </tbody>
        </table>
      </div>
      ${
        pages > 1 &&
        html`<div class="actions" role="group" aria-label=${`Pages of ${label}`}>
          <button type="button" disabled=${page === 0} onClick=${show(page - 1)}>Previous</button>
          <span aria-live="polite">Page ${count(page + 1)} of ${count(pages)}</span>
          <button type="button" disabled=${page === pages - 1} onClick=${show(page + 1)}>Next</button>
        </div>`
      }
    `;
  }
}
