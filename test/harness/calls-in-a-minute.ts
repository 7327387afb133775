export interface JournalTimes {
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** Returns the highest number of calls that opened and closed within one minute, for any minute that begins with a call. */
export function mostInAMinute(calls: readonly JournalTimes[]): number {
  const inMinute = ({ openedAt }: JournalTimes): number =>
    calls.filter((one) => one.openedAt >= openedAt && (one.closedAt ?? Infinity) < openedAt + 60_000).length;
  return Math.max(...calls.map(inMinute));
}
