import { isMainThread } from 'node:worker_threads';

/**
 * Every program of the demo loads this file. Only the demo holds the standard input open, so it closes when the demo ends,
 * however that was killed. The program kills itself at once, as a restarted demo uses the same port and folder.
 */
if (isMainThread) {
  process.stdin
    .on('close', () => process.kill(process.pid, 'SIGKILL'))
    .resume()
    .unref();
}
