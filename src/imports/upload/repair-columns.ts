/**
 * The columns that a repair file has after those of the upload: what became of the row, and why. An upload may have them;
 * they are passed over. No field of a kind begins with the name of the service.
 */
export const REPAIR_COLUMNS = ['meniscusOutcome', 'meniscusReason'] as const;
