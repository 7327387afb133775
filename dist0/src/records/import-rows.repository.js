var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { FieldCipher } from './encryption/field-cipher.js';
import { blockColumns, decryptResults, insertBlocks, insertBlocksSql, toBlocks, } from './import-results.js';
/** Blocks of results that one statement reads: about 500 lines. */
const BLOCKS_PER_PAGE = 5;
/** The encryption context of a chunk's lines. */
export function chunkContext(importId, number) {
    return `import_chunks:${importId}:${number}`;
}
export function decryptItems(cipher, importId, { number, payload }) {
    return JSON.parse(cipher.decrypt(payload, chunkContext(importId, number)));
}
/** Returns the id of a line's credit, which is the same in every attempt and every process. */
export function lineCreditId(importId, line) {
    return `import:${importId}:${line}`;
}
/** Builds the same id in SQL, for the import in `$1`. */
export function lineCreditIdInSql(line) {
    return `'import:' || $1::text || ':' || ${line}`;
}
/** Lines of imports and their results. */
let ImportRowsRepository = class ImportRowsRepository {
    database;
    cipher;
    constructor(database, cipher) {
        this.database = database;
        this.cipher = cipher;
    }
    /** Stores and counts one step of an upload. */
    async store(importId, upload) {
        const { chunk, invalid } = upload;
        const number = upload.chunk ? upload.chunk.number : upload.number;
        const [first, ...further] = blockColumns(toBlocks(this.cipher, importId, number, invalid));
        const write = async (to) => {
            const { rowCount } = await to.query(`with counted as (
           update meniscus.imports set total = total + $2, invalid = invalid + $3, rejected = rejected + $3, touched_at = now()
           where id = $1 and state = 'uploading' returning id
         ), stored as (
           ${insertBlocksSql(4, 'counted')}
         ), kept as (
           insert into meniscus.import_chunks (import_id, number, first_line, lines, payload, points)
           select id, $9::int, ($10::int[])[1], $10::int[], $11::text, $12::bigint[] from counted where $9::int is not null
         )
         select from counted`, [
                importId,
                invalid.length + (chunk?.lines.length ?? 0),
                invalid.length,
                ...first,
                chunk?.number ?? null,
                chunk ? [...chunk.lines] : null,
                chunk ? this.cipher.encrypt(chunk.payload, chunkContext(importId, chunk.number)) : null,
                chunk?.points ? [...chunk.points] : null,
            ]);
            if (rowCount !== 1)
                throw new Error('the import was discarded during its upload');
            await insertBlocks(to, importId, further);
        };
        // One statement is a transaction of its own, and saves two of three round trips.
        await (further.length === 0 ? write(this.database) : this.database.transaction(write));
    }
    /** Reads all results in the order of lines. A page is read when the results of the one before were taken. */
    async *results(importId, { outcome, priority = 'interactive' } = {}) {
        const from = priority === 'background' ? this.database.background : this.database;
        const isAsked = (one) => outcome === undefined || one.outcome === outcome;
        let last = { number: -1, firstLine: 0 };
        let results = [];
        for (let isLeft = true; isLeft;) {
            // oxlint-disable-next-line no-await-in-loop -- page by page
            const { rows } = await from.query(`select number, first_line as "firstLine", results from meniscus.import_results
         where import_id = $1 and (number, first_line) > ($2::int, $3::int) and ($4::text is null or $4 = any(outcomes))
         order by number, first_line limit ${BLOCKS_PER_PAGE}`, [importId, last.number, last.firstLine, outcome ?? null]);
            for (const block of rows) {
                // The lines of different blocks of a step alternate, and those of different steps do not.
                if (block.number !== last.number && results.length > 0) {
                    yield { number: last.number, results };
                    results = [];
                }
                results.push(...decryptResults(this.cipher, importId, block).filter(isAsked));
                results.sort((one, other) => one.line - other.line);
                last = block;
            }
            isLeft = rows.length === BLOCKS_PER_PAGE;
        }
        if (results.length > 0)
            yield { number: last.number, results };
    }
    /**
     * Returns the failed lines of the next chunk that has any.
     *
     * @returns undefined after the last chunk
     */
    async failedItems(importId, afterNumber) {
        const { rows } = await this.database.query(`select c.number, c.payload, f."firstLines", f.results from meniscus.import_chunks c
       cross join lateral (
         select array_agg(r.first_line order by r.first_line) as "firstLines",
           array_agg(r.results order by r.first_line) as results
         from meniscus.import_results r
         where r.import_id = c.import_id and r.number = c.number and 'failed' = any(r.outcomes)
       ) f
       where c.import_id = $1 and c.number > $2 and f."firstLines" is not null order by c.number limit 1`, [importId, afterNumber]);
        const [found] = rows;
        if (!found)
            return undefined;
        const { number, firstLines } = found;
        const results = found.results.flatMap((text, index) => decryptResults(this.cipher, importId, { number, firstLine: firstLines[index] ?? 0, results: text }));
        const failed = new Set(results.flatMap(({ line, outcome }) => (outcome === 'failed' ? [line] : [])));
        const items = decryptItems(this.cipher, importId, found).filter(({ line }) => failed.has(line));
        return { number, items };
    }
};
ImportRowsRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        FieldCipher])
], ImportRowsRepository);
export { ImportRowsRepository };
//# sourceMappingURL=import-rows.repository.js.map