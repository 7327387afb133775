// The service serves the module of the package under this name; docs/decisions/0068 says why.
export * from 'preact';
