import { askJson, newKey, sentencesOf } from './api.js';
import { counted, decimal } from './format.js';
import { Component, html } from './html.js';
import { Mistakes } from './mistakes.js';
import { Sentences } from './parts.js';

/** @typedef {import('../../imports/dto/import.dto.js').ImportPlanDto} ImportPlanDto */
/** @typedef {import('../../imports/dto/import.dto.js').AcceptedImportDto} AcceptedImportDto */

const KINDS = ['customers', 'memberships', 'enrollments', 'associations', 'updates'];
/** The sources that the vendor documents. The service may know more. */
const SOURCES =
  'INSTORE WECHAT FACEBOOK WEB_ENGAGE LINE MARTJACK TMALL TAOBAO JD ECOMMERCE WEBSITE ALL'.split(' ');

const TYPES = [
  [/\.(ndjson|jsonl)$/i, 'application/x-ndjson'],
  [/\.json$/i, 'application/json'],
];

/** @param {File} file */
function typeOf(file) {
  return String(TYPES.find(([ending]) => /** @type {RegExp} */ (ending).test(file.name))?.[1] ?? 'text/csv');
}

/**
 * Uploads a file: first as a dry run, which shows its mistakes, then for real.
 *
 * @typedef {{
 *   kind: string, source: string, accountId: string, isOver: boolean, doing?: string | undefined, file?: File | undefined,
 *   plan?: ImportPlanDto | undefined, accepted?: AcceptedImportDto | undefined, error?: unknown
 * }} UploadState
 * @extends {Component<{}, UploadState>}
 */
export class UploadView extends Component {
  /** @type {UploadState} */
  state = { kind: 'customers', source: '', accountId: '', isOver: false };
  /** An upload that is sent again after a lost response has the same key, and is stored once. */
  key = newKey();

  /** @param {File | undefined} file */
  choose(file) {
    if (!file) return;
    this.key = newKey();
    this.setState({ file, plan: undefined, accepted: undefined }, () => void this.check());
  }

  /** @param {Partial<UploadState>} changed */
  change(changed) {
    this.key = newKey();
    this.setState({ ...changed, plan: undefined, accepted: undefined }, () => {
      if (this.state.file) void this.check();
    });
  }

  /** @param {Record<string, string>} more */
  async send(more) {
    const { file, kind, source, accountId } = this.state;
    if (!file) throw new Error('no file');
    const query = new URLSearchParams({
      kind,
      ...(source !== '' && { source }),
      ...(accountId !== '' && { accountId }),
      ...more,
    });
    return askJson('POST', `v1/imports?${query}`, {
      body: file,
      headers: { 'Content-Type': typeOf(file), ...(!more['dryRun'] && { 'Idempotency-Key': this.key }) },
    });
  }

  /**
   * @param {string} doing
   * @param {() => Promise<Partial<UploadState>>} action
   */
  async perform(doing, action) {
    this.setState({ doing, error: undefined });
    const { key } = this;
    // A later choice has its own response.
    const isCurrent = () => key === this.key;
    try {
      const done = await action();
      if (isCurrent()) this.setState({ ...done, doing: undefined });
    } catch (error) {
      if (isCurrent()) this.setState({ error, doing: undefined });
    }
  }

  check() {
    return this.perform('Checking the file …', async () => ({
      plan: await this.send({ dryRun: 'true', onInvalid: 'skip' }),
    }));
  }

  upload() {
    return this.perform('Uploading …', async () => {
      const accepted = await this.send({ onInvalid: 'skip' });
      return { accepted, plan: undefined, file: undefined };
    });
  }

  /** @param {DragEvent} event */
  drop(event) {
    event.preventDefault();
    this.setState({ isOver: false });
    if (!this.state.doing) this.choose(event.dataTransfer?.files[0]);
  }

  /**
   * @param {{}} _props
   * @param {UploadState} state
   */
  render(_props, { kind, source, accountId, isOver, doing, file, plan, accepted, error }) {
    const chosen = (/** @type {any} */ event) => {
      this.choose(event.target.files[0]);
      event.target.value = ''; // The same file, corrected, can be chosen again.
    };
    return html`<section aria-labelledby="upload">
      <h2 id="upload">Upload</h2>
      <div class="fields">
        <label>
          Kind
          <select
            value=${kind}
            onChange=${(/** @type {any} */ event) => this.change({ kind: event.target.value })}
          >
            ${KINDS.map((one) => html`<option value=${one}>${one}</option>`)}
          </select>
        </label>
        <label>
          Source
          <input
            value=${source}
            list="sources"
            placeholder="as configured"
            autocomplete="off"
            onChange=${(/** @type {any} */ event) => this.change({ source: event.target.value.trim() })}
          />
          <datalist id="sources">${SOURCES.map((one) => html`<option value=${one}></option>`)}</datalist>
        </label>
        <label>
          Account
          <input
            value=${accountId}
            placeholder="as configured"
            autocomplete="off"
            onChange=${(/** @type {any} */ event) => this.change({ accountId: event.target.value.trim() })}
          />
        </label>
      </div>
      <label
        class=${`drop ${isOver ? 'over' : ''}`}
        onDragOver=${(/** @type {DragEvent} */ event) => {
          event.preventDefault();
          this.setState({ isOver: true });
        }}
        onDragLeave=${() => this.setState({ isOver: false })}
        onDrop=${(/** @type {DragEvent} */ event) => this.drop(event)}
      >
        <span><b>Drop a CSV file here</b>, or choose one.</span>
        <span class="muted">It is checked first. Nothing is sent before you say so.</span>
        <input
          type="file"
          aria-label="File"
          accept=".csv,.ndjson,.jsonl,.json,text/csv"
          disabled=${doing !== undefined}
          onChange=${chosen}
        />
      </label>
      <div role="status" aria-live="polite">
        ${doing !== undefined && html`<p class="muted">${doing}</p>`}
        ${plan && file && !doing && html`<${Plan} of=${plan} name=${file.name} onUpload=${() => void this.upload()} />`}
        ${accepted && html`<p class="good">${describeAccepted(accepted)}</p>`}
      </div>
      ${error !== undefined && html`<${Sentences} of=${sentencesOf(error)} />`}
      ${plan && plan.mistakes.length > 0 && html`<${Mistakes} of=${plan.mistakes} />`}
      ${accepted && accepted.mistakes.length > 0 && html`<${Mistakes} of=${accepted.mistakes} />`}
    </section>`;
  }
}

/** @param {AcceptedImportDto} accepted */
function describeAccepted({ id, total, invalid }) {
  const repair = invalid > 0 ? ' When it has ended, its repair file has the rows with mistakes.' : '';
  return `The import ${id.slice(0, 8)} has ${counted(total, 'line')}; its progress is under Imports.${repair}`;
}

/** @param {ImportPlanDto} plan */
function describePlan({ valid, invalid, points, calls, minutes }) {
  const mistakes = invalid === 0 ? 'no mistakes' : `${counted(invalid, 'line')} with mistakes`;
  const takes = minutes > 0 ? ` and about ${decimal(minutes)} min` : '';
  const credits = points > 0 ? ` It credits ${counted(points, 'point')}.` : '';
  return `: ${counted(valid, 'valid line')}, ${mistakes}. It takes ${counted(calls, 'call')}${takes}.${credits}`;
}

/** @param {{ of: ImportPlanDto, name: string, onUpload: () => void }} props */
function Plan({ of: plan, name, onUpload }) {
  const { valid, invalid } = plan;
  return html`<div class="message">
    <p><b class="file-name">${name}</b>${describePlan(plan)}</p>
    ${invalid > 0 && html`<p class="muted">Lines with mistakes are left out, and go into the repair file.</p>`}
    ${
      valid > 0 &&
      html`<div class="actions">
        <button type="button" class="primary" onClick=${onUpload}>
          ${`Import ${counted(valid, 'line')}`}
        </button>
      </div>`
    }
  </div>`;
}
