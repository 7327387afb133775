/** The service does not start, for a reason that its operator can mend: the message says which, without a secret. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
