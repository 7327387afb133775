import { ask, sentencesOf } from './api.js';
import { count } from './format.js';
import { Component, html } from './html.js';
import { Outcome, Paged, Sentences } from './parts.js';

/** The most results that the page keeps. The API has all of them. */
const MAX_RESULTS = 10_000;

const FILTERS = ['rejected', 'failed', 'unknown', 'updated'];

/** @typedef {{ line: number, outcome: string, reason?: string, errors?: { message: string, column?: string }[] }} Result */

/**
 * Reads lines of JSON as they arrive.
 *
 * @param {Response} response
 * @param {(results: Result[]) => boolean} take returns whether it wants more
 */
async function readResults(response, take) {
  const text = response.body?.pipeThrough(new TextDecoderStream());
  let unfinished = '';
  for await (const piece of text ?? []) {
    const lines = (unfinished + piece).split('\n');
    unfinished = lines.pop() ?? '';
    if (!take(lines.map((line) => JSON.parse(line)))) return;
  }
}

/**
 * Lists the outcomes of the lines of an import.
 *
 * @typedef {{ id: string, name: string }} ResultsProps
 * @typedef {{ outcome: string, results: Result[], isReading: boolean, error?: unknown }} ResultsState
 * @extends {Component<ResultsProps, ResultsState>}
 */
export class Results extends Component {
  /** @type {ResultsState} */
  state = { outcome: '', results: [], isReading: true };
  reading = new AbortController();

  componentDidMount() {
    void this.read('');
  }

  componentWillUnmount() {
    this.reading.abort();
  }

  /** @param {string} outcome one of the filters; all without one */
  async read(outcome) {
    this.reading.abort();
    const { signal } = (this.reading = new AbortController());
    /** @type {Result[]} */
    const results = [];
    this.setState({ outcome, results, isReading: true, error: undefined });
    try {
      const query = outcome === '' ? '' : `?outcome=${outcome}`;
      const response = await ask('GET', `v1/imports/${this.props.id}/results${query}`, { signal });
      await readResults(response, (arrived) => {
        results.push(...arrived.slice(0, MAX_RESULTS - results.length));
        this.setState({ results });
        return results.length < MAX_RESULTS;
      });
      this.setState({ isReading: false });
    } catch (error) {
      if (!signal.aborted) this.setState({ isReading: false, error });
    }
  }

  /**
   * @param {ResultsProps} props
   * @param {ResultsState} state
   */
  render({ name }, { outcome, results, isReading, error }) {
    const label = `Results of ${name}`;
    return html`<div class="results" aria-busy=${isReading}>
      <label class="inline">
        Outcome
        <select value=${outcome} onChange=${(/** @type {any} */ event) => void this.read(event.target.value)}>
          <option value="">all</option>
          ${FILTERS.map((one) => html`<option value=${one}>${one}</option>`)}
        </select>
      </label>
      <span class="muted" role="status">
        ${isReading ? 'Loading …' : results.length === MAX_RESULTS ? `The first ${count(MAX_RESULTS)} lines` : `${count(results.length)} lines`}
      </span>
      ${error !== undefined && html`<${Sentences} of=${sentencesOf(error)} />`}
      ${
        results.length > 0 &&
        html`<${Paged}
          key=${outcome}
          label=${label}
          items=${results}
          columns=${['Line', 'Outcome', 'Why']}
          row=${(/** @type {Result} */ { line, outcome: ended, reason, errors = [] }) =>
            html`<tr>
              <td class="number">${line}</td>
              <td><${Outcome} of=${ended} /></td>
              <td>
                ${[reason, ...errors.map(({ column, message }) => (column ? `${column}: ${message}` : message))].filter(Boolean).join('; ')}
              </td>
            </tr>`}
        />`
      }
    </div>`;
  }
}
