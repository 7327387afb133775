import { count, decimal, duration } from './format.js';
import { html } from './html.js';
import { Polled } from './poll.js';
import { readUpdates } from './read-updates.js';
import { summarize, summarizeLanes } from './summarize-lanes.js';

/** @typedef {import('../../writes/dto/explanation.dto.js').ExplanationListDto} ExplanationListDto */
/** @typedef {import('./summarize-lanes.js').LaneSummary} LaneSummary */

const POLL_EVERY_MS = 3000;

/** Shows how the latest updates shared calls, by lane. */
export function LanesView() {
  return html`<section aria-labelledby="lanes">
    <h2 id="lanes">Lanes</h2>
    <${Polled} read=${() => readUpdates()} everyMs=${POLL_EVERY_MS}>
      ${(/** @type {ExplanationListDto} */ { updates }) =>
        updates.length === 0
          ? html`<p class="muted">There were no updates lately.</p>`
          : html`<p class="muted">
                The latest ${count(updates.length)} updates: ${decimal(summarize(updates).perCall)} updates
                per call.
              </p>
              <${Lanes} of=${summarizeLanes(updates)} />`}
    <//>
  </section>`;
}

/** @param {{ of: readonly LaneSummary[] }} props */
function Lanes({ of: lanes }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Lanes of the latest updates">
    <table>
      <thead>
        <tr>
          <th scope="col">Lane</th>
          <th scope="col" class="number">Pending</th>
          <th scope="col" class="number">Updates</th>
          <th scope="col" class="number">Calls</th>
          <th scope="col" class="number">Per call</th>
          <th scope="col" class="number">Wait</th>
        </tr>
      </thead>
      <tbody>
        ${lanes.map(
          ({ name, pending, updates, calls, perCall, waitMs }) =>
            html`<tr key=${name}>
              <th scope="row">${name}</th>
              <td class="number">${count(pending)}</td>
              <td class="number">${count(updates)}</td>
              <td class="number">${count(calls)}</td>
              <td class="number">${decimal(perCall)}</td>
              <td class="number">${duration(waitMs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
