/**
 * Polls until a condition holds.
 *
 * @param isSo the condition; when left out, the seen value must be truthy
 * @returns the value that met the condition
 * @throws when the condition does not hold in time
 */
export async function until<T>(
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean = Boolean,
  withinMs = 30_000,
  everyMs = 20,
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polls until the condition holds
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > giveUpAt) throw new Error(`the condition never held: ${JSON.stringify(seen)}`);
    // oxlint-disable-next-line no-await-in-loop -- the pause between two looks
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
