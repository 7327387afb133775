import { askJson } from './api.js';
import { count, decimal, duration } from './format.js';
import { Component, html } from './html.js';
import { Polled } from './poll.js';

/** @typedef {import('../status/status.dto.js').StatusDto} StatusDto */
/** @typedef {import('../status/status-reason.dto.js').StatusReasonDto} StatusReasonDto */

const POLL_EVERY_MS = 2000;

const readStatus = () => askJson('GET', 'v1/status');

/** How many readings the small charts show: two minutes. */
const READINGS = 60;

/** @type {Readonly<Record<StatusDto['state'], string>>} */
const STATES = {
  ok: 'All is well',
  attention: 'Needs a look',
  degraded: 'Degraded',
  failing: 'Failing',
};

/** @type {Readonly<Record<StatusDto['fault'], string>>} */
const FAULTS = { none: '', caller: 'A caller', vendor: 'The vendor', service: 'This service' };

/**
 * Draws the latest readings. Their number is beside it, so that it is not read out.
 *
 * @param {{ of: readonly number[] }} props
 */
function Chart({ of: values }) {
  const most = Math.max(1, ...values);
  const points = values.map(
    (value, index) => `${READINGS - values.length + index},${20 - (18 * value) / most}`,
  );
  return html`<svg
    class="chart"
    viewBox=${`0 0 ${READINGS - 1} 21`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <polyline points=${points.join(' ')} />
  </svg>`;
}

/** @param {{ label: string, value: string, about?: string, of?: readonly number[], tone?: string }} props */
function Figure({ label, value, about = '', of: values, tone = '' }) {
  return html`<div class="figure">
    <dt>${label}</dt>
    <dd class=${`value ${tone}`}>${value}</dd>
    <dd class="muted">${about}</dd>
    ${values && html`<dd aria-hidden="true"><${Chart} of=${values} /></dd>`}
  </div>`;
}

/** @param {{ of: StatusReasonDto }} props */
function Reason({ of: { state, fault, detail, action } }) {
  return html`<li class=${state}>
    <p><b>${detail}</b> ${FAULTS[fault] !== '' && html`<span class="pill">${FAULTS[fault]}</span>`}</p>
    <p class="muted">${action}</p>
  </li>`;
}

/**
 * @param {StatusDto['instance']} instance
 * @param {number} instanceCount
 */
function describeInstance({ version, uptimeSeconds }, instanceCount) {
  const others = instanceCount > 1 ? `, one of ${count(instanceCount)} instances` : '';
  return `Version ${version}, up for ${duration(1000 * uptimeSeconds)}${others}.`;
}

/** @param {StatusDto['vendor']} vendor */
function describePace({ callsPerMinute, learnedCallsPerMinute }) {
  const configured = callsPerMinute === null ? '' : `of ${count(callsPerMinute)} a minute`;
  const learned = learnedCallsPerMinute === null ? '' : `slowed to ${count(learnedCallsPerMinute)} a minute`;
  return [configured, learned].filter(Boolean).join(', ');
}

/**
 * Shows the state of the service, who has to act, and the figures that matter.
 *
 * @extends {Component<{}, {}>}
 */
export class StatusView extends Component {
  /** @type {{ at: string, pending: number, callsLeft: number }[]} */
  readings = [];

  /** @param {StatusDto} status */
  note({ at, pending: { interactive, background }, vendor: { callsLeft } }) {
    if (this.readings.at(-1)?.at === at) return;
    const reading = { at, pending: interactive.count + background.count, callsLeft: callsLeft ?? 0 };
    this.readings = [...this.readings, reading].slice(-READINGS);
  }

  render() {
    return html`<section aria-labelledby="state" class="status">
      <h2 id="state">State</h2>
      <${Polled} read=${readStatus} everyMs=${POLL_EVERY_MS}>
        ${(/** @type {StatusDto} */ status) => {
          this.note(status);
          return this.show(status);
        }}
      <//>
    </section>`;
  }

  /** @param {StatusDto} status */
  show({ state, reasons, instance, instances = [], vendor, pending, credits, database }) {
    const { interactive, background } = pending;
    const { breaker, credentials, callsLeft, callSizes } = vendor;
    const oldest = Math.max(interactive.oldestSeconds, background.oldestSeconds);
    return html`
      <p class=${`verdict ${state}`} role="status">
        <span class="dot" aria-hidden="true"></span>${STATES[state]}
      </p>
      ${
        reasons.length > 0 &&
        html`<ul class="reasons">
          ${reasons.map((one) => html`<${Reason} key=${one.code} of=${one} />`)}
        </ul>`
      }
      <dl class="figures">
        <${Figure}
          label="Pending"
          value=${count(interactive.count + background.count)}
          about=${`${count(interactive.count)} of callers, ${count(background.count)} of imports`}
          of=${this.readings.map((reading) => reading.pending)}
        />
        <${Figure}
          label="Calls left"
          value=${callsLeft === null ? 'no limit' : count(callsLeft)}
          about=${describePace(vendor)}
          of=${callsLeft === null ? undefined : this.readings.map((reading) => reading.callsLeft)}
        />
        <${Figure}
          label="Oldest pending"
          value=${duration(1000 * oldest)}
          about=${`up to ${count(callSizes.customer.updates)} updates a call`}
        />
        <${Figure}
          label="Vendor"
          value=${breaker === 'closed' ? 'in use' : `breaker ${breaker}`}
          about=${`credentials ${credentials}`}
          tone=${breaker === 'closed' ? '' : 'bad'}
        />
        <${Figure}
          label="Database"
          value=${database.state}
          about=${[database.driver, database.latencyMs !== undefined && `${decimal(database.latencyMs)} ms`].filter(Boolean).join(', ')}
          tone=${database.state === 'up' ? '' : 'bad'}
        />
        <${Figure}
          label="Credits in doubt"
          value=${credits ? count(credits.inDoubt) : '–'}
          about=${credits && credits.inDoubt > 0 ? `the oldest for ${duration(1000 * credits.oldestSeconds)}` : 'none to resolve'}
          tone=${credits && credits.inDoubt > 0 ? 'warning' : ''}
        />
      </dl>
      <p class="muted">${describeInstance(instance, instances.length)}</p>
    `;
  }
}
