/** Locks a folder until it is killed; prints `held`, or the error. */
const built = new URL('../../../dist/src/database/embedded/folder-lock.js', import.meta.url).href;
const { FolderLock } = (await import(
  built
)) as typeof import('../../../src/database/embedded/folder-lock.js');

const [folder = ''] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(1)).resume();
try {
  await FolderLock.take(folder);
  console.log('held');
} catch (error) {
  console.log(String(error));
}
