import { freshState } from './state.ts';
import type { SandboxState } from './state.ts';

/** What is called without a namespace. It is always there, and does not count. */
export const defaultNamespace = '';

/** Enough for the tests of a large suite that run at the same time; a test that forgets to remove its own is bounded too. */
export const mostNamespaces = 100;

/** A namespace that was not called for this long may be removed for a new one. */
export const idleMs = 60 * 60 * 1000;

/** A namespace of a test needs few bodies, and a hundred of them share the memory. */
const keptBodyBytesOfOne = 8 * 1024 * 1024;

interface Namespace {
  state: SandboxState;
  usedMs: number;
}

export function isNamespaceName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(name);
}

/** Holds one state for each namespace, so that tests that share a sandbox do not notice each other. */
export class Namespaces {
  readonly #byName = new Map<string, Namespace>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.put(defaultNamespace, newState(defaultNamespace));
  }

  /** Returns the state of a namespace, which begins with the seed at its first call; null when there are too many. */
  use(name: string): SandboxState | null {
    const known = this.#byName.get(name);
    if (known) {
      known.usedMs = this.#now();
      return known.state;
    }
    if (this.#count() >= mostNamespaces) this.#removeIdle();
    if (this.#count() >= mostNamespaces) return null;
    return this.put(name, newState(name));
  }

  put(name: string, state: SandboxState): SandboxState {
    this.#byName.set(name, { state, usedMs: this.#now() });
    return state;
  }

  reset(name: string): void {
    this.put(name, newState(name));
  }

  /** Removes a namespace; its next call begins with the seed. The default one can only be reset. */
  remove(name: string): boolean {
    return name !== defaultNamespace && this.#byName.delete(name);
  }

  states(): [name: string, state: SandboxState][] {
    return [...this.#byName].map(([name, { state }]) => [name, state]);
  }

  list(): { name: string; calls: number; idleSeconds: number }[] {
    const nowMs = this.#now();
    return [...this.#byName]
      .filter(([name]) => name !== defaultNamespace)
      .map(([name, { state, usedMs }]) => ({
        name,
        calls: state.journal.length,
        idleSeconds: Math.floor((nowMs - usedMs) / 1000),
      }));
  }

  #count(): number {
    return this.#byName.size - 1;
  }

  #removeIdle(): void {
    const usedBefore = this.#now() - idleMs;
    for (const [name, { usedMs }] of this.#byName) if (usedMs <= usedBefore) this.remove(name);
  }
}

export function newState(name: string): SandboxState {
  return freshState(name === defaultNamespace ? undefined : keptBodyBytesOfOne);
}
