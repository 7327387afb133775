/** An advisory about a locked package. */
export interface Finding {
  readonly package: string;
  /** Such as `GHSA-xxxx-xxxx-xxxx`. */
  readonly advisory: string;
  readonly severity: string;
  readonly title: string;
}

/** The findings of `npm audit`, or why the registry gave none: an HTTP status, or no response. */
export type AuditAnswer = { readonly findings: readonly Finding[] } | { readonly notAnswered: string };

interface Advisory {
  readonly name: string;
  readonly url: string;
  readonly severity: string;
  readonly title: string;
}

interface Report {
  /** By package. A `via` that is a name refers to a vulnerable dependency, which has its own entry. */
  readonly vulnerabilities?: Record<string, { readonly via: readonly (string | Advisory)[] }>;
  readonly error?: { readonly code?: string; readonly summary: string };
  readonly message?: string;
  readonly statusCode?: number;
}

/**
 * Reads what `npm audit --json` printed.
 *
 * @throws Error if npm failed for a local reason, such as an unreadable lock file
 */
export function readAudit(printed: string): AuditAnswer {
  const { vulnerabilities, error, message, statusCode } = JSON.parse(printed) as Report;
  if (vulnerabilities !== undefined) {
    const advisories = Object.values(vulnerabilities)
      .flatMap(({ via }) => via)
      .filter((via) => typeof via !== 'string');
    const findings = advisories.map(({ name, url, severity, title }) => ({
      package: name,
      advisory: url.split('/').at(-1) ?? url,
      severity,
      title,
    }));
    return { findings };
  }
  // Without a code, the endpoint failed. The message holds the registry's address, which does not belong in a log.
  if (message !== undefined && error?.code === undefined) {
    return { notAnswered: statusCode === undefined ? 'no answer' : `HTTP ${statusCode}` };
  }
  throw new Error(`npm audit failed: ${error?.code ?? 'no code'} ${error?.summary ?? ''}`);
}
