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
import { CreditsRepository } from './credits.repository.js';
import { Database } from '../database/database.js';
import { countErased } from './erasures.repository.js';
import { chunkContext, decryptItems, lineCreditId } from './import-rows.repository.js';
import { blockColumns, decryptResults, encryptResults, insertBlocks, toBlocks, } from './import-results.js';
import { countResultsSql } from './import-state.js';
import { FieldCipher } from './encryption/field-cipher.js';
/** Erases lines of imports, and customers from their results. */
let ErasableLinesRepository = class ErasableLinesRepository {
    database;
    credits;
    cipher;
    constructor(database, credits, cipher) {
        this.database = database;
        this.credits = credits;
        this.cipher = cipher;
    }
    async chunksAfter(importId, number, limit) {
        const { rows } = await this.database.background.query(`select number, payload from meniscus.import_chunks where import_id = $1 and number > $2 order by number limit $3`, [importId, number, limit]);
        return rows.map((row) => ({ number: row.number, items: decryptItems(this.cipher, importId, row) }));
    }
    /**
     * Removes lines from a chunk, and the customer from their results. Each line has a result afterwards.
     *
     * @returns false while a process holds the chunk, because it may be sending the lines
     */
    async erase(what, results) {
        return this.database.transaction(async (tx) => {
            const chunk = await lockChunk(tx, what);
            if (chunk?.isHeld)
                return false;
            const settled = await this.replaceResults(tx, what, results);
            if (chunk) {
                await this.removeItems(tx, what, chunk.payload);
                const open = what.lines.filter((line) => !settled.has(line));
                if (chunk.isWaiting) {
                    await this.settle(tx, what, open.map((line) => results.settle(line, chunk.attempts > 0)));
                }
            }
            await countErased(tx, what.erasureId, { lines: what.lines.length });
            return true;
        });
    }
    /** Ends the lease and increments the revision, so that a process that read the chunk before can neither claim it nor record results. */
    async removeItems(tx, { importId, number, lines }, payload) {
        const left = decryptItems(this.cipher, importId, { number, payload }).filter(({ line }) => !lines.includes(line));
        await tx.query(`update meniscus.import_chunks
       set payload = $3, holder = null, held_until = null, keys = null, revision = revision + 1
       where import_id = $1 and number = $2`, [importId, number, this.cipher.encrypt(JSON.stringify(left), chunkContext(importId, number))]);
    }
    /** @returns the lines that had a result */
    async replaceResults(tx, { importId, number, lines }, { replace }) {
        const { rows: blocks } = await tx.query(`select number, first_line as "firstLine", lines, results from meniscus.import_results
       where import_id = $1 and number = $2 and lines && $3::int[] for update`, [importId, number, [...lines]]);
        const erased = new Set(lines);
        const encrypted = blocks.map((block) => {
            const results = decryptResults(this.cipher, importId, block);
            const replaced = results.map((one) => (erased.has(one.line) ? replace(one) : one));
            return encryptResults(this.cipher, importId, block, replaced);
        });
        await tx.query(`update meniscus.import_results r set results = n.results
       from unnest($3::int[], $4::text[]) as n(first_line, results)
       where r.import_id = $1 and r.number = $2 and r.first_line = n.first_line`, [importId, number, blocks.map(({ firstLine }) => firstLine), encrypted]);
        return new Set(blocks.flatMap((block) => block.lines));
    }
    async settle(tx, { importId, number }, results) {
        const count = (kind) => results.filter(({ outcome }) => outcome === kind).length;
        await insertBlocks(tx, importId, blockColumns(toBlocks(this.cipher, importId, number, results)));
        await tx.query(`update meniscus.imports set ${countResultsSql({ rejected: '$2', unknown: '$3' })} where id = $1`, [importId, count('rejected'), count('unknown')]);
        // The results are stored, so certain credits are no longer needed.
        await this.credits.forget(results.map(({ line }) => lineCreditId(importId, line)), tx);
    }
};
ErasableLinesRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        CreditsRepository,
        FieldCipher])
], ErasableLinesRepository);
export { ErasableLinesRepository };
/** @returns undefined if no line of the step is valid */
async function lockChunk(tx, { importId, number }) {
    const { rows } = await tx.query(`select payload, attempts, state = 'waiting' as "isWaiting",
       state = 'waiting' and holder is not null and held_until >= clock_timestamp() as "isHeld"
     from meniscus.import_chunks where import_id = $1 and number = $2 for update`, [importId, number]);
    return rows[0];
}
//# sourceMappingURL=erasable-lines.repository.js.map