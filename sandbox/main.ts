#!/usr/bin/env node
import type { AddressInfo } from 'node:net';
import { Namespaces } from './namespaces.ts';
import { helpText, readOptions } from './options.ts';
import type { Options } from './options.ts';
import { createSandboxServer } from './server.ts';
import { StateFile } from './state-file.ts';
import { version } from './version.ts';

/** Follows the convention of shells: 2 for a command line that is wrong. */
const wrongUsage = 2;

const read = readOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') console.log(helpText);
else if (read.kind === 'version') console.log(version);
else if (read.kind === 'mistake') end(`${read.mistake}\nRun with --help to see the options.`, wrongUsage);
else await run(read.options);

async function run({ port, host, stateFile, credentials }: Options): Promise<void> {
  const namespaces = new Namespaces();
  const file = stateFile === null ? null : new StateFile(stateFile, namespaces);
  try {
    await file?.load();
  } catch (error) {
    end(
      `The state file ${stateFile} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const server = createSandboxServer({ namespaces, credentials, onChange: file?.onChange ?? (() => {}) });

  server.on('error', (error) => end(`The sandbox cannot listen on ${host}:${port}: ${error.message}`));
  server.listen(port, host, () => {
    const { port: boundPort } = server.address() as AddressInfo;
    const bracketed = host.includes(':') ? `[${host}]` : host;
    console.log(JSON.stringify({ event: 'sandbox.listening', url: `http://${bracketed}:${boundPort}` }));
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
      void (file?.close() ?? Promise.resolve()).then(() => process.exit(0));
    });
  }
}

function end(reason: string, exitCode = 1): never {
  console.error(reason);
  process.exit(exitCode);
}
