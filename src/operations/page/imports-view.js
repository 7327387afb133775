import { ask, askJson, sentencesOf, write } from './api.js';
import { count, counted, dateTime, time } from './format.js';
import { Component, html } from './html.js';
import { Notice, Sentences } from './parts.js';
import { Polled } from './poll.js';
import { Results } from './results-view.js';
import { save } from './save-file.js';

/** @typedef {import('../../imports/dto/import.dto.js').ImportDto} ImportDto */
/** @typedef {import('../../imports/dto/import.dto.js').ImportsDto} ImportsDto */

const SHOWN = 6;
const MOST_SHOWN = 100;
const POLL_EVERY_MS = 2000;

/** @type {Readonly<Record<string, readonly string[]>>} */
const ACTIONS_IN = {
  queued: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

/** @type {Readonly<Record<NonNullable<ImportDto['waitingFor']>, string>>} */
const WAITS = {
  breaker: 'It waits, as most calls to the vendor fail.',
  budget: 'It waits for the next calls of the minute.',
  credentials: 'It waits, as the vendor refuses our credentials. Check them.',
  configuration: 'It waits, as the address or the access of the vendor is wrong. Check the configuration.',
  vendor: 'It waits, as the vendor does not respond or fails.',
  database: 'It waits for the database.',
  queue: 'It waits, as too many updates are pending.',
  retries: 'It waits to send single lines again.',
};

const PARTS = /** @type {const} */ (['updated', 'rejected', 'failed', 'unknown', 'waiting']);

/** @param {{ of: ImportDto, name: string }} props */
function Bar({ of: one, name }) {
  const settled = one.total - one.waiting;
  const percent = one.total === 0 ? 100 : Math.floor((100 * settled) / one.total);
  return html`<div
    class="bar"
    role="progressbar"
    aria-label=${`Progress of ${name}`}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    aria-valuetext=${`${count(settled)} of ${count(one.total)} lines`}
  >
    ${PARTS.map((part) => one[part] > 0 && html`<span class=${part} style=${{ flexGrow: one[part] }}></span>`)}
  </div>`;
}

/**
 * Says how far an import is, in one line.
 *
 * @param {ImportDto} one
 */
function progressOf({ rate, estimatedEnd, finishedAt, calls }) {
  const parts = [counted(calls, 'call')];
  if (rate !== undefined) parts.push(`${count(rate)} lines a minute`);
  if (estimatedEnd !== undefined) parts.push(`ends about ${time(estimatedEnd)}`);
  if (finishedAt !== undefined) parts.push(`ended ${dateTime(finishedAt)}`);
  return parts.join(' · ');
}

/**
 * One import with its progress and its controls.
 *
 * @typedef {{ of: ImportDto, again: () => void }} ImportProps
 * @extends {Component<ImportProps, { error?: unknown, notice?: string, isBusy: boolean, isOpen: boolean }>}
 */
class Import extends Component {
  state = { isBusy: false, isOpen: false, error: undefined, notice: undefined };

  /** @param {() => Promise<string | undefined>} action */
  async perform(action) {
    this.setState({ isBusy: true, error: undefined, notice: undefined });
    try {
      this.setState({ notice: await action() });
      this.props.again();
    } catch (error) {
      this.setState({ error });
    }
    this.setState({ isBusy: false });
  }

  /** @param {string} action */
  async transition(action) {
    if (action === 'cancel' && !window.confirm('Cancel this import? Its remaining lines will not be sent.')) {
      return;
    }
    await this.perform(async () => void (await write(`v1/imports/${this.props.of.id}/${action}`)));
  }

  async retry() {
    await this.perform(async () => {
      const created = await write(`v1/imports/${this.props.of.id}/retry`);
      return `A new import sends ${counted(created.total, 'failed line')} again.`;
    });
  }

  async saveRepair() {
    await this.perform(async () => {
      const { id } = this.props.of;
      const response = await ask('GET', `v1/imports/${id}/results?form=repair`);
      save(await response.blob(), `repair-${id}.csv`);
      const leftOut = response.headers.get('meniscus-left-out');
      const about = 'The file has the rows that were not updated. Correct them, and upload it again.';
      return leftOut ? `${about} It leaves out rows that must not be sent again: ${leftOut}.` : about;
    });
  }

  /**
   * @param {ImportProps} props
   * @param {typeof this.state} state
   */
  render({ of: one, again: _again }, { error, notice, isBusy, isOpen }) {
    const isEnded = one.finishedAt !== undefined;
    const notUpdated = one.rejected + one.failed + one.unknown;
    const name = `import ${one.id.slice(0, 8)}`;
    const about = [one.source, one.accountId, one.id.slice(0, 8), dateTime(one.createdAt)];
    const button = (/** @type {string} */ text, /** @type {() => void} */ onClick) =>
      html`<button type="button" disabled=${isBusy} onClick=${onClick} aria-label=${`${text}: ${name}`}>
        ${text}
      </button>`;
    return html`<article class="import" aria-label=${name}>
      <div class="import-head">
        <h3>${one.kind}${' '}<span class="muted">${about.filter(Boolean).join(' · ')}</span></h3>
        <span class=${`pill ${one.state}`}>${one.state}</span>
      </div>
      <${Bar} of=${one} name=${name} />
      <ul class="counts">
        ${PARTS.map((part) => html`<li class=${one[part] > 0 ? part : 'none'}><b>${count(one[part])}</b> ${part}</li>`)}
      </ul>
      <p class="muted">${progressOf(one)}</p>
      ${one.waitingFor !== undefined && html`<p class="warning">${WAITS[one.waitingFor]}</p>`}
      ${one.detail !== undefined && html`<p class="warning">${one.detail}</p>`}
      <div class="actions">
        ${(ACTIONS_IN[one.state] ?? []).map((action) =>
          button(`${action[0]?.toUpperCase()}${action.slice(1)}`, () => void this.transition(action)),
        )}
        ${isEnded && one.failed > 0 && !one.retriedBy && button('Retry failed lines', () => void this.retry())}
        ${isEnded && notUpdated > 0 && !one.emptiedAt && button('Repair file', () => void this.saveRepair())}
        ${
          !one.emptiedAt &&
          html`<button
            type="button"
            aria-expanded=${isOpen}
            aria-label=${`Results: ${name}`}
            onClick=${() => this.setState({ isOpen: !isOpen })}
          >
            Results
          </button>`
        }
      </div>
      ${error !== undefined && html`<${Sentences} of=${sentencesOf(error)} />`}
      ${notice !== undefined && html`<${Notice}>${notice}<//>`}
      ${isOpen && html`<${Results} id=${one.id} name=${name} />`}
    </article>`;
  }
}

/**
 * The latest imports, with their progress and their controls.
 *
 * @extends {Component<{}, { limit: number }>}
 */
export class ImportsView extends Component {
  state = { limit: SHOWN };

  /**
   * @param {{}} _props
   * @param {{ limit: number }} state
   */
  render(_props, { limit }) {
    const read = () => askJson('GET', `v1/imports?limit=${limit}`);
    return html`<section aria-labelledby="imports">
      <h2 id="imports">Imports</h2>
      <${Polled} read=${read} everyMs=${POLL_EVERY_MS}>
        ${(/** @type {ImportsDto} */ { imports, next }, /** @type {() => void} */ again) => html`
          ${imports.length === 0 && html`<p class="muted">There are no imports. Upload a file to begin.</p>`}
          ${imports.map((one) => html`<${Import} key=${one.id} of=${one} again=${again} />`)}
          ${
            next !== undefined &&
            limit < MOST_SHOWN &&
            html`<button type="button" onClick=${() => this.setState({ limit: MOST_SHOWN }, again)}>
              Show earlier imports
            </button>`
          }
        `}
      <//>
    </section>`;
  }
}
