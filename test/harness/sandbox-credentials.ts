/** The credentials of the service at the imitated vendor. */
export const SANDBOX_KEY = 'sandbox-key';
export const SANDBOX_SECRET = 'sandbox-secret';
export const SANDBOX_PASSWORD = 'sandbox-password';
