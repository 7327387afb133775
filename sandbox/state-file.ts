import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Namespaces } from './namespaces.ts';
import { readStates, writeStates } from './stored-state.ts';

/** Changes that follow each other within this time are saved together. */
const gatherMs = 100;

/** A large state takes long to write; it is written so seldom that calls hardly notice. */
const mostOfTime = 0.1;

/** Keeps the state in a file that is replaced as a whole: a kill at any moment leaves the old one or the new one. */
export class StateFile {
  readonly #path: string;
  readonly #namespaces: Namespaces;
  #isChanged = false;
  #waitMs = gatherMs;
  #saving: Promise<void> | null = null;
  readonly #closing = new AbortController();

  constructor(path: string, namespaces: Namespaces) {
    this.#path = path;
    this.#namespaces = namespaces;
  }

  /** Restores what the file holds, if there is one, and makes sure that it can be written. @throws with a sentence */
  async load(): Promise<void> {
    if (existsSync(this.#path)) {
      const mistake = readStates(readFileSync(this.#path, 'utf8'), this.#namespaces);
      if (mistake !== null) throw new Error(`it is not a state of this sandbox: ${mistake}`);
    }
    await this.#write();
  }

  /** Saves soon. */
  readonly onChange = (): void => {
    this.#isChanged = true;
    if (!this.#closing.signal.aborted) this.#saving ??= this.#saveUntilUnchanged();
  };

  /** Saves the last changes, which only then are safe. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#saving;
    if (this.#isChanged) await this.#saveOnce();
  }

  async #saveUntilUnchanged(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#isChanged && !signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- waits for more changes, so that one save has them all
      await sleep(this.#waitMs, undefined, { signal }).catch(() => undefined);
      const startMs = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- two saves at once would write the same temporary file
      await this.#saveOnce();
      this.#waitMs = Math.max(gatherMs, (performance.now() - startMs) / mostOfTime);
    }
    this.#saving = null;
  }

  /** A full disk must not stop the tests that use the sandbox, but they may need to know. */
  async #saveOnce(): Promise<void> {
    this.#isChanged = false;
    try {
      await this.#write();
    } catch (error) {
      console.error(`The state was not saved to ${this.#path}: ${String(error)}`);
    }
  }

  async #write(): Promise<void> {
    const text = writeStates(this.#namespaces);
    const newPath = `${this.#path}.new`;
    const file = await open(newPath, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(newPath, this.#path);
  }
}
