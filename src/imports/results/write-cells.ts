/** Puts an apostrophe in front of text that a spreadsheet would run as a formula. For text of ours, not for a caller's cells. */
export function guardFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** Formats a CSV cell, with quotes where it needs them. */
export function toCell(text: string, separator = ','): string {
  const needsQuotes = /["\r\n]/.test(text) || text.includes(separator);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}
