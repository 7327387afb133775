/**
 * Runs PGlite in a thread of its own: on the main thread its longer statements would block timers and HTTP for seconds.
 *
 * This file imports none of our modules at run time, so that it runs both when built and, in tests, as TypeScript source.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, parse, protocol } from '@electric-sql/pglite';
const { folder } = workerData;
function post(message) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort?.postMessage(message);
}
async function open() {
    return PGlite.create(folder, {
        // A third less memory than with the default (128 MB), and no slower for tables as small as ours.
        startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
    });
}
function answerOf(results) {
    const last = results.at(-1);
    return {
        rows: results.flatMap(({ rows }) => rows),
        rowCount: last?.rowCount ?? 0,
        command: last?.command ?? '',
    };
}
/** Far more than the code has statements: generated texts must not fill the memory. */
const MAX_NAMES = 500;
const named = new Map();
const { serialize } = protocol;
/** Sends all messages in one call: each call into WebAssembly costs more than a short statement does. */
async function converse(database, messages) {
    const answered = await database.execProtocol(Buffer.concat([...messages, serialize.sync()]));
    return answered.messages;
}
async function nameStatement(database, text) {
    const name = `meniscus_${named.size}`;
    const messages = await converse(database, [
        serialize.parse({ name, text }),
        serialize.describe({ type: 'S', name }),
    ]);
    const statement = { name, types: parse.parseDescribeStatementResults(messages) };
    named.set(text, statement);
    return statement;
}
/** Runs a statement as PGlite's `query` does, but parses and plans it only once. */
async function queryNamed(database, text, values) {
    const { name, types } = named.get(text) ?? (await nameStatement(database, text));
    const written = values.map((value, index) => {
        if (value === null || value === undefined)
            return null;
        const serializer = database.serializers[types[index] ?? 0];
        return serializer ? serializer(value) : value.toString();
    });
    const messages = await converse(database, [
        serialize.bind({ statement: name, values: written }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
    ]);
    return answerOf(parse.parseResults(messages, database.parsers));
}
/** Copies only the fields that name things: PGlite's errors also contain the statement's parameters. */
function describe(error) {
    const { code, message, schema, table, column, constraint } = error;
    return { code: code ?? 'XX000', message, schema, table, column, constraint };
}
/**
 * Whether PGlite cannot be used after this error. A server ends its process after FATAL and PANIC; PGlite continues, and
 * then answers statements that it has not executed. After an error of the disk, this can be any next statement.
 */
function isBroken(error) {
    const { name, code, severity } = error;
    // WebAssembly throws a RuntimeError when its program aborts.
    const isFatal = severity === 'PANIC' || severity === 'FATAL' || name === 'RuntimeError';
    return isFatal || code === '53100' || code?.startsWith('58') === true;
}
const unlisten = new Map();
async function run(database, request) {
    switch (request.kind) {
        case 'query': {
            const { text, values } = request;
            if (values.length === 0)
                return answerOf(await database.exec(text));
            return named.has(text) || named.size < MAX_NAMES
                ? queryNamed(database, text, values)
                : answerOf([await database.query(text, [...values])]);
        }
        case 'listen': {
            const { channel } = request;
            const name = `"${channel.replaceAll('"', '""')}"`;
            const stop = await database.listen(name, (payload) => post({ kind: 'notified', channel, payload }));
            unlisten.set(channel, stop);
            return answerOf([]);
        }
        case 'unlisten':
            await unlisten.get(request.channel)?.();
            unlisten.delete(request.channel);
            return answerOf([]);
    }
}
let hasBroken = false;
async function answer(database, request) {
    if (hasBroken)
        return;
    if (request.kind === 'close') {
        await database.close();
        post({ kind: 'answered', answer: answerOf([]) });
        return;
    }
    try {
        post({ kind: 'answered', answer: await run(database, request) });
    }
    catch (error) {
        if (isBroken(error)) {
            hasBroken = true;
            post({ kind: 'broken', code: describe(error).code });
            return;
        }
        if (request.kind === 'query' && !request.inTransaction)
            await database.exec('rollback');
        post({ kind: 'refused', error: describe(error) });
    }
}
try {
    const database = await open();
    let last = Promise.resolve();
    parentPort?.on('message', (request) => {
        last = last.then(() => answer(database, request));
    });
    post({ kind: 'opened' });
}
catch (error) {
    post({ kind: 'not-opened', because: error instanceof Error ? error.message : String(error) });
}
//# sourceMappingURL=embedded.worker.js.map