export interface JournalTimes {
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** The most calls whose whole time lies within 60 seconds that begin with one of them. */
export function mostInAMinute(calls: readonly JournalTimes[]): number {
  const inMinute = ({ openedAt }: JournalTimes): number =>
    calls.filter((one) => one.openedAt >= openedAt && (one.closedAt ?? Infinity) < openedAt + 60_000).length;
  return Math.max(...calls.map(inMinute));
}
