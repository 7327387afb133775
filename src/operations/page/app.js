import { connection } from './api.js';
import { CreditsView } from './credits-view.js';
import { time } from './format.js';
import { Component, html } from './html.js';
import { ImportsView } from './imports-view.js';
import { LanesView } from './lanes-view.js';
import { forgetKey, readKey } from './session.js';
import { SignInView } from './sign-in-view.js';
import { StatusView } from './status-view.js';
import { UpdatesView } from './updates-view.js';
import { UploadView } from './upload-view.js';

/** @param {Date} since */
function describeLoss(since) {
  return `The service is not reachable since ${time(since)}. What is shown is older; the page keeps trying.`;
}

/**
 * The page: asks for a key, and then shows its sections until the key is refused or forgotten.
 *
 * @typedef {{ hasKey: boolean, sentence: string | undefined, lostSince: Date | undefined }} AppState
 * @extends {Component<{}, AppState>}
 */
export class App extends Component {
  /** @type {AppState} */
  state = { hasKey: readKey() !== undefined, sentence: undefined, lostSince: undefined };

  componentDidMount() {
    connection.addEventListener('lost', () => {
      if (!this.state.lostSince) this.setState({ lostSince: new Date() });
    });
    connection.addEventListener('back', () => {
      if (this.state.lostSince) this.setState({ lostSince: undefined });
    });
    connection.addEventListener('refused', (event) => {
      // A key that is just being entered is refused where it is entered.
      if (this.state.hasKey) this.leave(/** @type {CustomEvent<string>} */ (event).detail);
    });
  }

  enter() {
    this.setState({ hasKey: true, sentence: undefined });
    // The form that had the focus is gone.
    document.getElementById('main')?.focus();
  }

  /** @param {string} [sentence] why the key is asked for again */
  leave(sentence) {
    forgetKey();
    this.setState({ hasKey: false, sentence });
  }

  /**
   * @param {{}} _props
   * @param {AppState} state
   */
  render(_props, { hasKey, sentence, lostSince }) {
    return html`
      <header>
        <a class="skip" href="#main">Skip to the content</a>
        <h1>Meniscus</h1>
        <nav aria-label="Pages"><a href="docs">API</a><a href="problems">Problems</a></nav>
        ${hasKey && html`<button type="button" onClick=${() => this.leave()}>Forget the key</button>`}
      </header>
      <div role="alert">${lostSince && html`<p class="lost">${describeLoss(lostSince)}</p>`}</div>
      <main id="main" tabindex="-1" class=${lostSince ? 'stale' : ''}>
        ${
          hasKey
            ? html`<${StatusView} />
                <div class="columns">
                  <div><${ImportsView} /><${LanesView} /></div>
                  <div><${UploadView} /><${CreditsView} /><${UpdatesView} /></div>
                </div>`
            : html`<${SignInView} sentence=${sentence} onSignedIn=${() => this.enter()} />`
        }
      </main>
    `;
  }
}
