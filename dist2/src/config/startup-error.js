/** The service cannot start for a reason that its operator can fix. The message says how, and contains no secret. */
export class StartupError extends Error {
    name = 'StartupError';
}
//# sourceMappingURL=startup-error.js.map