/**
 * Waits, by asking, until something is so that happens elsewhere.
 *
 * @param isSo of what is seen; without it, what is seen is to be true
 * @returns what was seen then
 * @throws when it is not so in time
 */
export async function until<T>(
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean = Boolean,
  withinMs = 30_000,
  everyMs = 20,
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asking until it is so
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > giveUpAt) throw new Error(`it never was so: ${JSON.stringify(seen)}`);
    // oxlint-disable-next-line no-await-in-loop -- the pause between two questions
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
