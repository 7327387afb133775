import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { helpText, readOptions } from './options.ts';
import { mainFile } from './run-sandbox.ts';
import { version } from './version.ts';

const defaults = {
  port: 4010,
  host: '127.0.0.1',
  stateFile: null,
  credentials: {
    key: 'sandbox-key',
    secret: 'sandbox-secret',
    till: 'sandbox-till',
    password: 'sandbox-password',
  },
};

describe(readOptions, () => {
  it.each<[string, string[], Record<string, string>, object]>([
    ['nothing', [], {}, defaults],
    [
      'options',
      ['--port', '0', '--host=::1', '--state', 'a.json'],
      {},
      { port: 0, host: '::1', stateFile: 'a.json' },
    ],
    [
      'variables',
      [],
      { SANDBOX_PORT: '1', SANDBOX_HOST: '0.0.0.0', SANDBOX_STATE: 'b.json', SANDBOX_TILL: 't' },
      { port: 1, host: '0.0.0.0', stateFile: 'b.json', credentials: { ...defaults.credentials, till: 't' } },
    ],
    ['options rather than variables', ['--port', '2'], { SANDBOX_PORT: 'x', SANDBOX_STATE: '' }, { port: 2 }],
  ])('reads %s', (_, args, environment, options) => {
    expect(readOptions(args, environment)).toEqual({ kind: 'run', options: { ...defaults, ...options } });
  });

  it.each<[string[], Record<string, string>, string]>([
    [['--prot', '1'], {}, "Unknown option '--prot'"],
    [['start'], {}, "Unexpected argument 'start'"],
    [['--port'], {}, "Option '--port <value>' argument missing"],
    [['--port', '-1'], {}, "Option '--port' argument is ambiguous"],
    [['--port', '65536'], {}, '--port must be a port number, 0 for any free one; it is "65536"'],
    [['--port='], {}, '--port must be a port number, 0 for any free one; it is ""'],
    [[], { SANDBOX_PORT: '4o10' }, 'SANDBOX_PORT must be a port number, 0 for any free one; it is "4o10"'],
    [['--host='], {}, '--host must not be empty'],
    [['--state='], {}, '--state must name a file'],
    [['--help=1'], {}, "Option '-h, --help' does not take an argument"],
  ])('names the mistake in %j %j', (args, environment, mistake) => {
    expect(readOptions(args, environment)).toEqual({ kind: 'mistake', mistake });
  });
});

function run(...args: string[]): object {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the command line', () => {
  it('prints help and version, and explains what is wrong', () => {
    expect(run('--help')).toEqual({ status: 0, stdout: `${helpText}\n`, stderr: '' });
    expect(run('--version', '--port', 'x')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(run('--prot')).toEqual({
      status: 2,
      stdout: '',
      stderr: "Unknown option '--prot'\nRun with --help to see the options.\n",
    });
  });
});
