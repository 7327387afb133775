/** A package of the lock that an advisory is about. */
export interface Finding {
  readonly package: string;
  /** Such as `GHSA-xxxx-xxxx-xxxx`. */
  readonly advisory: string;
  readonly severity: string;
  readonly title: string;
}

/** What `npm audit` found, or why the registry did not tell: an HTTP status, or no answer at all. */
export type AuditAnswer = { readonly findings: readonly Finding[] } | { readonly notAnswered: string };

interface Advisory {
  readonly name: string;
  readonly url: string;
  readonly severity: string;
  readonly title: string;
}

interface Report {
  /** By package. A `via` that is a name means: vulnerable because it needs that one, which has an entry of its own. */
  readonly vulnerabilities?: Record<string, { readonly via: readonly (string | Advisory)[] }>;
  readonly error?: { readonly code?: string; readonly summary: string };
  readonly message?: string;
  readonly statusCode?: number;
}

/**
 * Reads what `npm audit --json` printed.
 *
 * @throws Error when npm failed for a reason of ours, such as a lock it cannot read
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
  // Without a code the failure is the endpoint's. The message holds the registry's address, which is not for a log.
  if (message !== undefined && error?.code === undefined) {
    return { notAnswered: statusCode === undefined ? 'no answer' : `HTTP ${statusCode}` };
  }
  throw new Error(`npm audit failed: ${error?.code ?? 'no code'} ${error?.summary ?? ''}`);
}
