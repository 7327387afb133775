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
import { payloadContext } from '../credits.repository.js';
import { Database } from '../../database/database.js';
import { identifiersContext } from '../erasures.repository.js';
import { answerContext } from '../idempotency-record.js';
import { ownerContext } from '../stored-import.js';
import { chunkContext } from '../import-rows.repository.js';
import { blockContext } from '../import-results.js';
import { KeyMissing, DecryptionFailed, FieldCipher } from './field-cipher.js';
const NO_UUID = '00000000-0000-0000-0000-000000000000';
const ENCRYPTED_COLUMNS = [
    {
        table: 'imports',
        column: 'owner',
        keys: [['id', 'uuid', NO_UUID]],
        context: (id = '') => ownerContext(id),
        rowsPerStep: 100,
    },
    {
        table: 'import_chunks',
        column: 'payload',
        keys: [
            ['import_id', 'uuid', NO_UUID],
            ['number', 'int', -1],
        ],
        context: (id = '', number) => chunkContext(id, Number(number)),
        rowsPerStep: 5,
    },
    {
        table: 'import_results',
        column: 'results',
        keys: [
            ['import_id', 'uuid', NO_UUID],
            ['number', 'int', -1],
            ['first_line', 'int', -1],
        ],
        context: (id = '', number, firstLine) => blockContext(id, Number(number), Number(firstLine)),
        rowsPerStep: 5,
    },
    {
        table: 'idempotency_records',
        column: 'body',
        keys: [
            ['principal', 'text', ''],
            ['endpoint', 'text', ''],
            ['key', 'text', ''],
        ],
        context: (principal = '', endpoint = '', key = '') => answerContext({ principal, endpoint, key }),
        rowsPerStep: 20,
    },
    {
        table: 'credits',
        column: 'payload',
        keys: [['id', 'text', '']],
        extraColumns: ['principal', 'points'],
        context: (id = '', principal = '', points = '') => payloadContext({ id, principal, points }),
        rowsPerStep: 100,
    },
    {
        table: 'erasures',
        column: 'identifiers',
        keys: [['id', 'uuid', NO_UUID]],
        context: (id = '') => identifiersContext(id),
        rowsPerStep: 100,
    },
];
/** Re-encrypts all encrypted columns. */
let EncryptedColumnsRepository = class EncryptedColumnsRepository {
    database;
    cipher;
    constructor(database, cipher) {
        this.database = database;
        this.cipher = cipher;
    }
    /**
     * Encrypts with the current key every row that is not, in small steps.
     *
     * @param isStopped called between two steps
     */
    async reencrypt(isStopped) {
        let reencryptedCount = 0;
        let unreadableCount = 0;
        const missingKeys = new Set();
        for (const column of ENCRYPTED_COLUMNS) {
            let after = column.keys.map(([, , least]) => least);
            while (after && !isStopped()) {
                // oxlint-disable-next-line no-await-in-loop -- in small steps
                const page = await this.read(column, after);
                const rows = page.flatMap(({ key, context, stored }) => {
                    if (stored === null)
                        return [];
                    try {
                        const text = this.cipher.decrypt(stored, context);
                        return [{ key, stored, encrypted: this.cipher.encrypt(text, context) }];
                    }
                    catch (error) {
                        if (!(error instanceof DecryptionFailed))
                            throw error;
                        unreadableCount += 1;
                        if (error instanceof KeyMissing)
                            missingKeys.add(error.keyId);
                        return [];
                    }
                });
                // oxlint-disable-next-line no-await-in-loop -- in small steps
                reencryptedCount += rows.length === 0 ? 0 : await this.write(column, rows);
                after = page.at(-1)?.key;
            }
        }
        return { reencryptedCount, unreadableCount, missingKeys: [...missingKeys] };
    }
    async read(encryptedColumn, after) {
        const { table, column, keys, extraColumns = [], rowsPerStep } = encryptedColumn;
        const names = keys.map(([name]) => name);
        const selected = [...names, ...extraColumns];
        const parameters = keys.map(([, type], index) => `$${index + 2}::${type}`);
        const { rows } = await this.database.background.query(`select ${selected.join(', ')}, case when not starts_with(${column}, $1) then ${column} end as stored
       from meniscus.${table} where (${names.join(', ')}) > (${parameters.join(', ')})
       order by ${names.join(', ')} limit ${rowsPerStep}`, [this.cipher.currentPrefix, ...after]);
        return rows.map((row) => ({
            key: names.map((name) => row[name] ?? ''),
            context: encryptedColumn.context(...selected.map((name) => String(row[name] ?? ''))),
            stored: row['stored'] === null ? null : String(row['stored']),
        }));
    }
    /** Skips rows that another writer changed meanwhile: it encrypted them with the current key. */
    async write({ table, column, keys }, rows) {
        const names = keys.map(([name]) => name);
        const lists = keys.map(([, type], index) => `$${index + 3}::${type}[]`);
        const { rowCount } = await this.database.background.query(`update meniscus.${table} t set ${column} = n.encrypted
       from unnest($1::text[], $2::text[], ${lists.join(', ')}) as n(stored, encrypted, ${names.join(', ')})
       where ${names.map((name) => `t.${name} = n.${name}`).join(' and ')} and t.${column} = n.stored`, [
            rows.map(({ stored }) => stored),
            rows.map(({ encrypted }) => encrypted),
            ...keys.map((_key, index) => rows.map(({ key }) => key[index])),
        ]);
        return rowCount;
    }
};
EncryptedColumnsRepository = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [Database,
        FieldCipher])
], EncryptedColumnsRepository);
export { EncryptedColumnsRepository };
//# sourceMappingURL=encrypted-columns.repository.js.map