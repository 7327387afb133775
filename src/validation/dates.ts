const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/;

/**
 * What OpenAPI says about a date-time beside its format: RFC 3339 also allows leap seconds, longer fractions and larger
 * offsets. A day that does not exist matches, but is no date-time by the format.
 */
export const DATE_TIME_PATTERN = String.raw`^(?!0000)\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)$`;
const LARGEST_OFFSET_MINUTES = 14 * 60;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : (DAYS[month - 1] ?? 0);
}

/** Whether a text is `YYYY-MM-DD` and a day that exists. */
export function isRealDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts || parts[1] === '0000') return false;
  const day = Number(parts[3]);
  return day > 0 && day <= daysOf(Number(parts[1]), Number(parts[2]));
}

/**
 * Whether a text is `YYYY-MM-DDTHH:MM:SS` with an offset, perhaps with a fraction of a second, and a time that exists. The vendor reads a time without an
 * offset as UTC, which is seldom what the caller meant. Source: docs/vendor-contract.md section 2.
 */
export function isDateTimeWithOffset(text: string): boolean {
  const parts = DATE_TIME.exec(text);
  if (!parts || !isRealDate(parts[1] ?? '')) return false;
  if (Number(parts[2]) > 23 || Number(parts[3]) > 59 || Number(parts[4]) > 59) return false;
  const [offsetHours, offsetMinutes] = [Number(parts[5] ?? 0), Number(parts[6] ?? 0)];
  return offsetMinutes <= 59 && offsetHours * 60 + offsetMinutes <= LARGEST_OFFSET_MINUTES;
}

/**
 * Writes a date-time as the vendor documents it: to the second, and with `+HH:MM` or `-HH:MM`. `-00:00` is `+00:00`, the
 * same moment. A date stays as it is.
 */
export function withNumericOffset(text: string): string {
  return text
    .replace('t', 'T')
    .replace(/\.\d+/, '')
    .replace(/(?:Z|z|-00:00)$/, '+00:00');
}
