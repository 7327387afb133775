import { askJson, sentencesOf, write } from './api.js';
import { counted, dateTime } from './format.js';
import { Component, html } from './html.js';
import { Notice, Sentences } from './parts.js';
import { Polled } from './poll.js';

/** @typedef {import('../../loyalty/dto/unknown-credit.dto.js').UnknownCreditDto} UnknownCreditDto */
/** @typedef {import('../../loyalty/dto/unknown-credit.dto.js').UnknownCreditsDto} UnknownCreditsDto */
/** @typedef {import('../../loyalty/dto/unknown-credit.dto.js').ResolvedCreditDto} ResolvedCreditDto */
/** @typedef {import('../../loyalty/dto/unknown-credit.dto.js').ResolutionDto} ResolutionDto */

const SHOWN = 20;
const POLL_EVERY_MS = 5000;

const readCredits = () => askJson('GET', `v1/loyalty/unknown-credits?limit=${SHOWN}`);

/**
 * One credit in doubt, with the form that resolves it.
 *
 * @typedef {{ of: UnknownCreditDto, onResolved: (notice: string) => void }} CreditProps
 * @extends {Component<CreditProps, { note: string, isBusy: boolean, error?: unknown }>}
 */
class Credit extends Component {
  /** @type {{ note: string, isBusy: boolean, error?: unknown }} */
  state = { note: '', isBusy: false };

  /** @param {ResolutionDto['resolution']} resolution */
  async resolve(resolution) {
    const { id } = this.props.of;
    this.setState({ isBusy: true, error: undefined });
    try {
      const path = `v1/loyalty/unknown-credits/${encodeURIComponent(id)}/resolve`;
      /** @type {ResolvedCreditDto} */
      const { outcome } = await write(path, { body: { resolution, note: this.state.note.trim() } });
      this.props.onResolved(
        outcome ? `The points were sent again: ${outcome.outcome}.` : 'The credit is closed as applied.',
      );
    } catch (error) {
      this.setState({ error, isBusy: false });
    }
  }

  /**
   * @param {CreditProps} props
   * @param {typeof this.state} state
   */
  render({ of: credit }, { note, isBusy, error }) {
    const { points, source, accountId, identifiers = [], reason, sentAt, upstreamRequestId } = credit;
    const name = counted(points, 'point');
    const about = [source, accountId, sentAt && dateTime(sentAt)].filter(Boolean).join(' · ');
    const cause = [reason?.replaceAll('-', ' '), upstreamRequestId && `vendor request ${upstreamRequestId}`];
    const isDisabled = isBusy || note.trim() === '';
    const button = (/** @type {ResolutionDto['resolution']} */ resolution, /** @type {string} */ text) =>
      html`<button type="button" disabled=${isDisabled} onClick=${() => void this.resolve(resolution)}>
        ${text}
      </button>`;
    return html`<article class="credit" aria-label=${`${name} in doubt`}>
      <h3>${name}${' '}<span class="muted">${about}</span></h3>
      <p>${identifiers.map(({ type, value }) => `${type} ${value}`).join(', ')}</p>
      <p class="muted">${cause.filter(Boolean).join(' · ')}</p>
      <label>
        Evidence, without personal data
        <input
          value=${note}
          maxlength="500"
          autocomplete="off"
          placeholder="seen in the points ledger"
          onInput=${(/** @type {any} */ event) => this.setState({ note: event.target.value })}
        />
      </label>
      <div class="actions">
        ${button('applied', 'Points were credited')} ${button('not-applied', 'Not credited: send again')}
      </div>
      ${error !== undefined && html`<${Sentences} of=${sentencesOf(error)} />`}
    </article>`;
  }
}

/**
 * Lists credits in doubt, the oldest first.
 *
 * @extends {Component<{}, { notice?: string }>}
 */
export class CreditsView extends Component {
  /** @type {{ notice?: string }} */
  state = {};

  /**
   * @param {{}} _props
   * @param {{ notice?: string }} state
   */
  render(_props, { notice }) {
    return html`<section aria-labelledby="credits">
      <h2 id="credits" tabindex="-1">Credits in doubt</h2>
      ${notice !== undefined && html`<${Notice}>${notice}<//>`}
      <${Polled} read=${readCredits} everyMs=${POLL_EVERY_MS}>
        ${(/** @type {UnknownCreditsDto} */ { credits, next }, /** @type {() => void} */ again) => html`
          ${credits.length === 0 && html`<p class="muted">There is none.</p>`}
          ${credits.map(
            (credit) =>
              html`<${Credit}
                key=${credit.id}
                of=${credit}
                onResolved=${(/** @type {string} */ text) => {
                  this.setState({ notice: text });
                  // The button that had the focus goes with its credit.
                  document.getElementById('credits')?.focus();
                  again();
                }}
              />`,
          )}
          ${next !== undefined && html`<p class="muted">These are the oldest ${SHOWN}. Resolve them to see the next ones.</p>`}
        `}
      <//>
    </section>`;
  }
}
