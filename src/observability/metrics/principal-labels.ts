/** Enough for the services that call; each one has series of its own. */
const MAX_NAMES = 50;

/**
 * Bounds the principals that metrics name: the first ones of each kind. Callers with tokens, which may be people, take no
 * place from services with keys.
 */
export class PrincipalLabels {
  private readonly known = new Map<string, Set<string>>();

  /** @param logName the name of a principal in logs, `kind:name`; undefined for a caller that is not authenticated */
  labelOf(logName: string | undefined): string {
    if (logName === undefined) return 'none';
    const kind = logName.slice(0, logName.indexOf(':'));
    let names = this.known.get(kind);
    if (!names) this.known.set(kind, (names = new Set()));
    if (names.has(logName)) return logName;
    if (names.size >= MAX_NAMES) return 'other';
    names.add(logName);
    return logName;
  }
}
