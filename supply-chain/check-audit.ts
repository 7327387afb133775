import type { Finding } from './read-audit.ts';

/** A reviewed finding that is accepted until a day: one element of `audit-exceptions.json`. */
export interface AuditException {
  readonly package: string;
  readonly advisory: string;
  readonly reason: string;
  /** The last day on which it is valid, `YYYY-MM-DD` in UTC. */
  readonly expires: string;
}

const EXCEPTION_FIELDS = ['package', 'advisory', 'reason', 'expires'] as const;

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/**
 * Checks the list of exceptions itself, independent of the findings.
 *
 * @param today `YYYY-MM-DD`
 * @returns one sentence for each mistake
 */
export function checkExceptions(exceptions: readonly AuditException[], today: string): string[] {
  return exceptions.flatMap((exception) => {
    const name = `exception ${exception.advisory} for ${exception.package}`;
    const missing = EXCEPTION_FIELDS.filter((field) => !exception[field]?.trim());
    if (missing.length > 0) return [`${name} lacks ${missing.join(', ')}`];
    if (!isDay(exception.expires)) return [`${name} expires on no day: ${exception.expires}`];
    return exception.expires < today ? [`${name} expired on ${exception.expires}`] : [];
  });
}

const isAbout =
  (finding: Finding) =>
  (exception: AuditException): boolean =>
    exception.package === finding.package && exception.advisory === finding.advisory;

/** Describes the findings that no exception covers, one sentence each. */
export function checkFindings(findings: readonly Finding[], exceptions: readonly AuditException[]): string[] {
  return findings
    .filter((finding) => !exceptions.some(isAbout(finding)))
    .map((finding) => `${finding.package}: ${finding.title} (${finding.severity}, ${finding.advisory})`);
}

/** Returns the exceptions that cover no finding and can be removed. */
export function unusedExceptions(
  findings: readonly Finding[],
  exceptions: readonly AuditException[],
): AuditException[] {
  return exceptions.filter((exception) => !findings.some((finding) => isAbout(finding)(exception)));
}
