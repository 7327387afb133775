import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const INSTALL_WITHIN_MS = 240_000;
const DEBIANS = '/usr/bin/chromium';

function aptGet(...args: string[]): void {
  execFileSync('apt-get', args, {
    timeout: INSTALL_WITHIN_MS,
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function install(): void {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return;
  try {
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', 'chromium');
  } catch {
    // The caller reports that there is no browser.
  }
}

/** Starts a headless Chromium: `CHROMIUM_PATH`, else Debian's, which is installed when this process is root. Returns undefined when there is none. */
export async function startBrowser(): Promise<Browser | undefined> {
  const own = process.env['CHROMIUM_PATH'];
  if (own === undefined && !existsSync(DEBIANS)) install();
  const executablePath = own ?? DEBIANS;
  if (!existsSync(executablePath)) return undefined;
  return chromium.launch({
    executablePath,
    headless: true,
    // The browser of a test contacts only the service.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
