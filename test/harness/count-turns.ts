import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Counts the turns of the event loop that others have while work is running.
 *
 * @param onTurn is called with the number of each turn as it begins
 */
export async function countTurns<T>(
  work: Promise<T>,
  onTurn: (turn: number) => void = () => undefined,
): Promise<[turns: number, result: T]> {
  const running = { isDone: false };
  const finished = work.finally(() => (running.isDone = true));
  let turns = 0;
  while (!running.isDone) {
    onTurn((turns += 1));
    // oxlint-disable-next-line no-await-in-loop -- counts the turns
    await nextTurn();
  }
  return [turns, await finished];
}
