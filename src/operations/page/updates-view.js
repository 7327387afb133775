import { counted, duration, time } from './format.js';
import { Component, html } from './html.js';
import { Outcome } from './parts.js';
import { Polled } from './poll.js';
import { OUTCOMES, readUpdates } from './read-updates.js';
import { nameLane } from './summarize-lanes.js';

/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationDto} ExplanationDto */
/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationListDto} ExplanationListDto */
/** @typedef {import('../../writes/dto/explanation.dto.js').StepDto} StepDto */

const SHOWN = 15;
const POLL_EVERY_MS = 3000;

/**
 * Says what happened in a step, in one line.
 *
 * @param {StepDto} step
 */
function describeStep({
  event,
  purpose,
  itemCount,
  waitMs,
  durationMs,
  answer,
  decidedBy,
  because,
  outcome,
  reason,
}) {
  const parts = [
    event.replaceAll('-', ' '),
    purpose && purpose !== 'first' && `(${purpose.replaceAll('-', ' ')})`,
    itemCount !== undefined && `in a call of ${counted(itemCount, 'update')}`,
    waitMs !== undefined && `after a wait of ${duration(waitMs)}`,
    durationMs !== undefined && `in ${duration(durationMs)}`,
    answer && `· ${answer}`,
    decidedBy && `· by ${decidedBy}`,
    outcome && `· ${outcome}`,
    (because ?? reason) && `· ${because ?? reason}`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** @param {{ of: ExplanationDto }} props */
function Update({ of: one }) {
  const last = one.steps.at(-1);
  return html`<details class="update">
    <summary>
      <span class="number muted">${time(one.submittedAt)}</span>
      ${one.outcome === undefined ? html`<span class="pill">pending</span>` : html`<${Outcome} of=${one.outcome} />`}
      <span class="lane">${nameLane(one.lane)}</span>
      <span class="number muted">${last ? duration(last.afterMs) : ''}</span>
    </summary>
    <ol class="steps">
      ${one.steps.map(
        (step) =>
          html`<li><span class="number muted">+${duration(step.afterMs)}</span> ${describeStep(step)}</li>`,
      )}
    </ol>
    <dl class="ids">
      <dt>update</dt>
      <dd><code>${one.id}</code></dd>
      ${
        one.requestId !== undefined &&
        html`<dt>request</dt>
          <dd><code>${one.requestId}</code></dd>`
      }
      ${
        one.importId !== undefined &&
        html`<dt>import</dt>
          <dd><code>${one.importId}</code></dd>`
      }
    </dl>
  </details>`;
}

/**
 * Lists recent outcomes with their explanations, and finds an update by any of its ids.
 *
 * @extends {Component<{}, { outcome: string, id: string }>}
 */
export class UpdatesView extends Component {
  state = { outcome: '', id: '' };

  /**
   * @param {{}} _props
   * @param {{ outcome: string, id: string }} state
   */
  render(_props, { outcome, id }) {
    const filter = { ...(outcome !== '' && { outcome }), ...(id !== '' && { id }) };
    const search = (/** @type {any} */ event) => {
      event.preventDefault();
      this.setState({ id: event.target.elements.id.value.trim() });
    };
    return html`<section aria-labelledby="updates">
      <h2 id="updates">Recent updates</h2>
      <form class="fields" onSubmit=${search}>
        <label>
          Outcome
          <select
            value=${outcome}
            onChange=${(/** @type {any} */ event) => this.setState({ outcome: event.target.value })}
          >
            <option value="">all</option>
            ${OUTCOMES.map((one) => html`<option value=${one}>${one}</option>`)}
          </select>
        </label>
        <label class="wide">
          Id of an update, request, import or call
          <input name="id" maxlength="128" autocomplete="off" spellcheck=${false} />
        </label>
        <button type="submit">Find</button>
      </form>
      <${Polled} key=${`${outcome} ${id}`} read=${() => readUpdates(filter)} everyMs=${POLL_EVERY_MS}>
        ${(/** @type {ExplanationListDto} */ { updates, isComplete }) => html`
          ${!isComplete && html`<p class="warning">The database is lost, so only updates of this instance are listed.</p>`}
          ${updates.length === 0 && html`<p class="muted">No update matches.</p>`}
          ${updates.slice(0, SHOWN).map((one) => html`<${Update} key=${one.id} of=${one} />`)}
        `}
      <//>
    </section>`;
  }
}
