import { StatementFailed } from './database-errors.js';

interface Waiting<Asked, Answer> {
  readonly asked: Asked;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringOptions<Asked, Answer> {
  /** Does what many asked for, and answers in their order. */
  readonly many: (asked: readonly Asked[]) => Promise<readonly Answer[]>;
  /** Whether one may join those that are done together already; all may unless it is said. */
  readonly fits?: (one: Asked, others: readonly Asked[]) => boolean;
  /** Most of them done at once. */
  readonly atOnce: number;
  /** How often `many` may be under way at the same time. */
  readonly concurrency: number;
}

/**
 * Does at once what is asked for while nothing is under way, and gathers what is asked for meanwhile: a statement for many
 * costs little more than one for one. Where the database refuses a statement for many, each is done alone, so that nobody
 * fails for another.
 */
export class Gathering<Asked, Answer> {
  private waiting: Waiting<Asked, Answer>[] = [];
  private underWay = 0;

  constructor(private readonly options: GatheringOptions<Asked, Answer>) {}

  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ asked, resolve, reject });
      this.begin();
    });
  }

  private begin(): void {
    while (this.waiting.length > 0 && this.underWay < this.options.concurrency) {
      this.underWay += 1;
      void this.run(this.take()).finally(() => {
        this.underWay -= 1;
        this.begin();
      });
    }
  }

  private take(): Waiting<Asked, Answer>[] {
    const { atOnce, fits = () => true } = this.options;
    const taken: Waiting<Asked, Answer>[] = [];
    const asked: Asked[] = [];
    const left: Waiting<Asked, Answer>[] = [];
    for (const one of this.waiting) {
      const isTaken = taken.length === 0 || (taken.length < atOnce && fits(one.asked, asked));
      (isTaken ? taken : left).push(one);
      if (isTaken) asked.push(one.asked);
    }
    this.waiting = left;
    return taken;
  }

  private async run(taken: readonly Waiting<Asked, Answer>[]): Promise<void> {
    try {
      const answers = await this.options.many(taken.map(({ asked }) => asked));
      for (const [index, { resolve }] of taken.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (error instanceof StatementFailed && taken.length > 1) {
        await Promise.all(taken.map((one) => this.run([one])));
      } else for (const { reject } of taken) reject(error);
    }
  }
}
