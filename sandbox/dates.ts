const withOffset = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})[+-](\d{2}):(\d{2})$/;
const dayOnly = /^\d{4}-\d{2}-\d{2}$/;

/** Reads `YYYY-MM-DDTHH:MM:SS+HH:MM`, the only form of a time that the vendor accepts; null for anything else. */
export function readVendorTime(written: string): Date | null {
  const parts = withOffset.exec(written);
  if (parts === null || !isCalendarDay(parts[1] ?? '')) return null;
  if (Number(parts[5]) > 18) return null;
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** `lastViewedDate` may also be a day alone. */
export function isViewDate(written: string): boolean {
  return dayOnly.test(written) ? isCalendarDay(written) : readVendorTime(written) !== null;
}

/** Date.parse takes 30 February for 2 March, the vendor does not. */
function isCalendarDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

export function writeVendorTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, '+00:00');
}
