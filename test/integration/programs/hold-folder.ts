/** Locks a folder until it is killed; prints `held`, or the error. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const built = new URL('../../../dist/src/database/embedded/folder-lock.js', import.meta.url).href;
const { FolderLock } = (await import(
  built
)) as typeof import('../../../src/database/embedded/folder-lock.js');

const [folder = ''] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(1)).resume();
try {
  FolderLock.take(folder);
  // Nothing refers to the lock any more; it must be held all the same.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  await new Promise((resolve) => setImmediate(resolve));
  console.log('held');
} catch (error) {
  console.log(String(error));
}
