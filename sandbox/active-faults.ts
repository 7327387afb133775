import { readFault, stageOf } from './faults.ts';
import type { CallKind, Fault, FaultKind, FaultOf, Match, Stage } from './faults.ts';

/** What a fault needs to know about a call to decide whether it applies. */
export interface FaultTarget {
  kind: CallKind;
  carries(match: Match): boolean;
  /** The journal's list of the faults that applied to the call. */
  met: FaultKind[];
}

/** Holds the faults that apply to later calls, oldest first. */
export class ActiveFaults {
  #faults: Fault[] = [];
  #nextId = 1;

  list(): Fault[] {
    return [...this.#faults];
  }

  /** Adds one fault or several. One invalid fault adds none, and its mistake is returned. */
  add(written: unknown): Fault[] | string {
    const several = Array.isArray(written);
    const read = (several ? written : [written]).map((one: unknown, index) => {
      const fault = readFault(one, String(this.#nextId + index));
      return typeof fault === 'string' && several ? `[${index}]: ${fault}` : fault;
    });
    const mistake = read.find((fault) => typeof fault === 'string');
    if (mistake !== undefined) return mistake;
    const faults = read.filter((fault) => typeof fault !== 'string');
    this.#nextId += faults.length;
    this.#faults.push(...faults);
    return faults;
  }

  remove(id: string): boolean {
    const before = this.#faults.length;
    this.#faults = this.#faults.filter((fault) => fault.id !== id);
    return this.#faults.length < before;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Returns the oldest fault of a stage that applies to this call, and counts one use of it. */
  take<S extends Stage>(stage: S, target: FaultTarget): FaultOf<S> | null {
    const fault = this.#matching(stage, target)[0];
    if (fault) this.#use(fault, target);
    return fault ?? null;
  }

  takeAll<S extends Stage>(stage: S, target: FaultTarget): FaultOf<S>[] {
    const faults = this.#matching(stage, target);
    for (const fault of faults) this.#use(fault, target);
    return faults;
  }

  #matching<S extends Stage>(stage: S, target: FaultTarget): FaultOf<S>[] {
    return this.#faults.filter(
      (fault) =>
        stageOf(fault) === stage &&
        fault.on === target.kind &&
        (fault.match === null || target.carries(fault.match)),
    ) as FaultOf<S>[];
  }

  #use(fault: Fault, target: FaultTarget): void {
    target.met.push(fault.kind);
    if (fault.times === -1) return;
    fault.times -= 1;
    if (fault.times === 0) this.remove(fault.id);
  }
}
