import { ask, sentencesOf } from './api.js';
import { Component, html } from './html.js';
import { Sentences } from './parts.js';
import { keepKey } from './session.js';

/**
 * Asks for a key, and keeps it for the tab if it may see the state of the service.
 *
 * @typedef {{ sentence: string | undefined, onSignedIn: () => void }} SignInProps
 * @extends {Component<SignInProps, { isBusy: boolean, error?: unknown }>}
 */
export class SignInView extends Component {
  /** @type {{ isBusy: boolean, error?: unknown }} */
  state = { isBusy: false };

  /** @param {any} event */
  async signIn(event) {
    event.preventDefault();
    const key = event.target.elements.key.value.trim();
    this.setState({ isBusy: true, error: undefined });
    try {
      if (!/^[\x21-\x7e]+$/.test(key))
        throw new Error('A key has only letters, digits and signs, without spaces.');
      await ask('GET', 'v1/status', {}, key);
      keepKey(key);
      this.props.onSignedIn();
    } catch (error) {
      this.setState({ isBusy: false, error });
    }
  }

  /**
   * @param {SignInProps} props
   * @param {typeof this.state} state
   */
  render({ sentence }, { isBusy, error }) {
    return html`<section class="sign-in" aria-labelledby="sign-in">
      <h2 id="sign-in">Enter a key</h2>
      <p class="muted">It needs the scope <code>ops:read</code>, and is kept until this tab is closed.</p>
      <form onSubmit=${(/** @type {any} */ event) => void this.signIn(event)}>
        <label>
          API key or token
          <input name="key" type="password" required autocomplete="off" spellcheck=${false} />
        </label>
        <div class="actions"><button type="submit" class="primary" disabled=${isBusy}>Open</button></div>
      </form>
      ${
        error === undefined
          ? sentence !== undefined && html`<${Sentences} of=${[sentence]} />`
          : html`<${Sentences} of=${sentencesOf(error)} />`
      }
    </section>`;
  }
}
