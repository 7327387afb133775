import { isMainThread } from 'node:worker_threads';

/**
 * Each program of the demo begins with it: only the demo holds the input open, which so ends with it, however it was
 * killed. The program ends as suddenly, since somebody may start the demo again at once, on the same port and folder.
 */
if (isMainThread) {
  process.stdin
    .on('close', () => process.kill(process.pid, 'SIGKILL'))
    .resume()
    .unref();
}
