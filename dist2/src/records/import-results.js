/** Larger texts and statements block the event loop and the embedded database for too long. */
export const MAX_CHARACTERS = 400_000;
/** The encryption context of a block. The text itself says which lines its results belong to. */
export function blockContext(importId, number, firstLine) {
    return `import_results:${importId}:${number}:${firstLine}`;
}
/** Splits a list so that no part has more characters; an element that has more by itself gets a part of its own. */
function inParts(all, sizeOf) {
    const parts = [];
    let charactersLeft = 0;
    for (const one of all) {
        const characters = sizeOf(one);
        if (charactersLeft < characters || parts.length === 0) {
            parts.push([]);
            charactersLeft = MAX_CHARACTERS;
        }
        charactersLeft -= characters;
        parts.at(-1)?.push(one);
    }
    return parts;
}
/** Encrypts the text of a block, one line for each result. JSON is neither parsed nor built again when it is read. */
export function encryptResults(cipher, importId, { number, firstLine }, results) {
    const text = results.map(({ line, outcome, result }) => `${line} ${outcome} ${result}`).join('\n');
    return cipher.encrypt(text, blockContext(importId, number, firstLine));
}
/** Returns the results of a block, in the order of lines. */
export function decryptResults(cipher, importId, block) {
    const text = cipher.decrypt(block.results, blockContext(importId, block.number, block.firstLine));
    return text.split('\n').map((row) => {
        const afterLine = row.indexOf(' ');
        const afterOutcome = row.indexOf(' ', afterLine + 1);
        return {
            line: Number(row.slice(0, afterLine)),
            outcome: row.slice(afterLine + 1, afterOutcome),
            result: row.slice(afterOutcome + 1),
        };
    });
}
/** Encrypts the results of one step, as few blocks. */
export function toBlocks(cipher, importId, number, results) {
    const inOrder = results.toSorted((one, other) => one.line - other.line);
    return inParts(inOrder, ({ result }) => result.length).map((part) => {
        const lines = part.map(({ line }) => line);
        const firstLine = lines[0] ?? 0;
        return {
            number,
            firstLine,
            lines,
            outcomes: [...new Set(part.map(({ outcome }) => outcome))],
            results: encryptResults(cipher, importId, { number, firstLine }, part),
        };
    });
}
/** Splits blocks into the parameters of at least one statement. */
export function blockColumns(blocks) {
    const [first = [], ...further] = inParts(blocks, ({ results }) => results.length);
    const columnsOf = (some) => [
        some.map(({ number }) => number),
        some.map(({ firstLine }) => firstLine),
        some.map(({ lines }) => `{${lines.join(',')}}`),
        some.map(({ outcomes }) => `{${outcomes.join(',')}}`),
        some.map(({ results }) => results),
    ];
    return [columnsOf(first), ...further.map(columnsOf)];
}
/** Joins the parameters of several statements into those of one. */
export function joinColumns(statements) {
    return [
        statements.flatMap(([numbers]) => numbers),
        statements.flatMap(([, firstLines]) => firstLines),
        statements.flatMap(([, , lines]) => lines),
        statements.flatMap(([, , , outcomes]) => outcomes),
        statements.flatMap(([, , , , results]) => results),
    ];
}
/** Returns how long the encrypted texts of a statement are. */
export function charactersOf([, , , , results]) {
    return results.reduce((sum, { length }) => sum + length, 0);
}
/**
 * Builds the SQL that inserts blocks into the import in `$1`. It fails if a block is stored already.
 *
 * @param firstParameter the number of the first of the five parameters of `BlockColumns`
 * @param onlyIf a table of the statement, with a condition on the block `n`: without a row in it, the block is not inserted
 */
export function insertBlocksSql(firstParameter, onlyIf) {
    const types = ['int', 'int', 'text', 'text', 'text'];
    const lists = types.map((type, index) => `$${firstParameter + index}::${type}[]`);
    return `insert into meniscus.import_results (import_id, number, first_line, lines, outcomes, results)
    select $1::uuid, n.number, n.first_line, n.lines::int[], n.outcomes::text[], n.results
    from unnest(${lists.join(', ')}) as n(number, first_line, lines, outcomes, results)
    ${onlyIf === undefined ? '' : `where exists (select from ${onlyIf})`}`;
}
/** Inserts blocks as part of a transaction. */
export async function insertBlocks(tx, importId, statements) {
    for (const columns of statements) {
        // oxlint-disable-next-line no-await-in-loop -- one transaction
        await tx.query(insertBlocksSql(2), [importId, ...columns]);
    }
}
//# sourceMappingURL=import-results.js.map