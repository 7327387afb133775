const windowMs = 60_000;

/** Counts the calls of the last minute. A call beyond the limit is refused and does not count itself. */
export class Pace {
  #admittedMs: number[] = [];

  admits(callsPerMinute: number): boolean {
    if (callsPerMinute === 0) return true;
    const nowMs = Date.now();
    this.#admittedMs = this.#admittedMs.filter((atMs) => atMs > nowMs - windowMs);
    if (this.#admittedMs.length >= callsPerMinute) return false;
    this.#admittedMs.push(nowMs);
    return true;
  }
}
