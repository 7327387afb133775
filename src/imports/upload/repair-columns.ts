/**
 * The columns that a repair file has before those of the upload: what became of the row, and why. An upload may have them;
 * they are passed over. No field of a kind begins with the name of the service.
 *
 * They come first, so that a row with more or fewer cells than the header stays as it was, and none of its cells moves below
 * another name.
 */
export const REPAIR_COLUMNS = ['meniscusOutcome', 'meniscusReason'] as const;

/** Whether a name of a header is one of these columns. */
export function isRepairColumn(name: string): boolean {
  return (REPAIR_COLUMNS as readonly string[]).includes(name.trim());
}
