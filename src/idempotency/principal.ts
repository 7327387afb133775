/** Whose keys they are. Nobody is told from anybody else yet, so all callers share one name. */
export function principalOf(): string {
  return 'anonymous';
}
