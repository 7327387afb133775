const NAME = 'meniscus-key';

/** Reads the key of this tab; undefined until a person has entered one. */
export function readKey() {
  return sessionStorage.getItem(NAME) ?? undefined;
}

/**
 * Keeps the key until the tab is closed.
 *
 * @param {string} key
 */
export function keepKey(key) {
  sessionStorage.setItem(NAME, key);
}

export function forgetKey() {
  sessionStorage.removeItem(NAME);
}
