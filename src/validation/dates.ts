const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:Z|[+-](\d{2}):(\d{2}))$/;
const LARGEST_OFFSET_MINUTES = 14 * 60;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS[month - 1] ?? 0);
}

/** Whether a text is `YYYY-MM-DD` and a day that exists. */
export function isRealDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined || year === '0000') return false;
  return Number(day) > 0 && Number(day) <= daysOf(Number(year), Number(month));
}

/**
 * Whether a text is `YYYY-MM-DDTHH:MM:SS` with an offset, and a time that exists. The vendor reads a time without an
 * offset as UTC, which is seldom what the caller meant. Source: docs/vendor-contract.md section 2.
 */
export function isDateTimeWithOffset(text: string): boolean {
  const [, date = '', hours, minutes, seconds, offsetHours = 0, offsetMinutes = 0] =
    DATE_TIME.exec(text) ?? [];
  if (!isRealDate(date)) return false;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return false;
  return (
    Number(offsetMinutes) <= 59 && Number(offsetHours) * 60 + Number(offsetMinutes) <= LARGEST_OFFSET_MINUTES
  );
}

/** Replaces `Z`, because the vendor documents only `+HH:MM` and `-HH:MM`. */
export function withNumericOffset(text: string): string {
  return text.replace(/Z$/, '+00:00');
}
