import { sentencesOf } from './api.js';
import { Component, html } from './html.js';
import { Sentences } from './parts.js';

/**
 * Reads again and again while the tab is visible.
 *
 * @param {number} everyMs
 * @param {() => Promise<number>} read returns how long the service asks to wait
 * @returns {{ stop: () => void, again: () => void }}
 */
export function poll(everyMs, read) {
  let timer = 0;
  let isReading = false;
  let isStopped = false;
  const readOnce = async () => {
    if (isReading || isStopped || document.hidden) return;
    isReading = true;
    const waitMs = await read();
    isReading = false;
    if (!isStopped) timer = window.setTimeout(again, Math.max(everyMs, waitMs));
  };
  const again = () => {
    clearTimeout(timer);
    void readOnce();
  };
  document.addEventListener('visibilitychange', again);
  again();
  return {
    again,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
    },
  };
}

/**
 * Shows what is read, and keeps it up to date. Its child is a function of the data. Another `key` reads something else.
 *
 * @typedef {{ read: () => Promise<any>, everyMs: number, children: (data: any, again: () => void) => unknown }} PolledProps
 * @extends {Component<PolledProps, { data?: unknown, error?: unknown }>}
 */
export class Polled extends Component {
  componentDidMount() {
    this.polling = poll(this.props.everyMs, () => this.read());
  }

  componentWillUnmount() {
    this.polling?.stop();
  }

  async read() {
    try {
      this.setState({ data: await this.props.read(), error: undefined });
      return 0;
    } catch (error) {
      this.setState({ error });
      return error instanceof Error && 'retryAfterMs' in error ? Number(error.retryAfterMs) : 0;
    }
  }

  /**
   * @param {PolledProps} props
   * @param {{ data?: unknown, error?: unknown }} state
   */
  render({ children }, { data, error }) {
    return html`
      ${error !== undefined && html`<${Sentences} of=${sentencesOf(error)} />`}
      ${
        data === undefined
          ? error === undefined && html`<p class="muted">Loading …</p>`
          : children(data, () => this.polling?.again())
      }
    `;
  }
}
