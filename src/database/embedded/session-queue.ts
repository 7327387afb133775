/** Gives one caller after the other the only session there is, in the order they asked. */
export class SessionQueue {
  private isTaken = false;
  private readonly waiting = new Set<() => void>();

  /**
   * @param withinMs how long the caller waits at most
   * @returns what to call when the turn is over; undefined when it did not come in time
   */
  async take(withinMs: number): Promise<(() => void) | undefined> {
    if (this.isTaken && !(await this.wait(withinMs))) return undefined;
    this.isTaken = true;
    return () => this.pass();
  }

  private wait(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const comes = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(comes);
        resolve(false);
      }, withinMs);
      this.waiting.add(comes);
    });
  }

  /** The turn goes straight to the next in line, so that nobody who comes just now overtakes them. */
  private pass(): void {
    const [next] = this.waiting;
    if (!next) {
      this.isTaken = false;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
