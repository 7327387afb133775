/** Writes rows into the embedded database of a folder as fast as possible, and prints the number of each acknowledged row. */
const built = new URL('../../../dist/src/database/open-database.js', import.meta.url).href;
const { openDatabase } = (await import(built)) as typeof import('../../../src/database/open-database.js');

const [folder = '', first = '0'] = process.argv.slice(2);
const silent = { write: () => undefined, fault: () => undefined };
const { database } = await openDatabase({ DATA_DIR: folder }, silent);
await database.query('create table if not exists written (id int primary key, filling text)');
console.log('open');
// The parent process is gone.
process.stdin.on('end', () => process.exit(1)).resume();

for (let id = Number(first); ; id += 1) {
  const filling = 'x'.repeat(id % 3000);
  if (id % 2 === 0) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that each is acknowledged
    await database.query('insert into written values ($1, $2)', [id, filling]);
  } else {
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await database.transaction((tx) => tx.query('insert into written values ($1, $2)', [id, filling]));
  }
  console.log(String(id));
}
