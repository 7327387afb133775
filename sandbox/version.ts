/** The version of the package; a test compares it with `package.json`, which is in another folder once this is built. */
export const version = '0.1.0';
