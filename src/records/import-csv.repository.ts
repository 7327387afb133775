import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** How a CSV upload was written, so that rows can be written in the same way. */
export interface CsvForm {
  /** The cells of the header, as they were spelled. */
  readonly header: readonly string[];
  readonly separator: string;
  readonly lineEnd: string;
}

/** What is known about the rows of an import beside the rows themselves. */
export interface KeptCsv {
  /** Undefined if the import was not uploaded as CSV, or its rows were removed. */
  readonly form?: CsvForm;
  /** Rows that were not updated, and that an erasure removed. */
  readonly erasedCount: number;
  /** Whether another import has taken over the failed lines. */
  readonly isRetried: boolean;
}

/** The encryption context of the form of an import. A header may be the first customer of a file that has none. */
export function csvContext(importId: string): string {
  return `imports:${importId}:csv`;
}

/** The form of CSV uploads. The cells of their rows are stored with the lines and the results. */
@Injectable()
export class ImportCsvRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /** Stores the form, in the transaction that accepts the import. */
  async keep(tx: Queryable, importId: string, form: CsvForm): Promise<void> {
    await tx.query('update meniscus.imports set csv = $2 where id = $1', [
      importId,
      this.cipher.encrypt(JSON.stringify(form), csvContext(importId)),
    ]);
  }

  async find(importId: string): Promise<KeptCsv> {
    const { rows } = await this.database.query<{
      csv: string | null;
      erasedCount: number;
      isRetried: boolean;
    }>(
      `select csv, erased_rows as "erasedCount", exists (
         select from meniscus.imports r where r.retry_of = $1 and r.state <> 'uploading') as "isRetried"
       from meniscus.imports where id = $1`,
      [importId],
    );
    const { csv = null, erasedCount = 0, isRetried = false } = rows[0] ?? {};
    if (csv === null) return { erasedCount, isRetried };
    const form = JSON.parse(this.cipher.decrypt(csv, csvContext(importId))) as CsvForm;
    return { form, erasedCount, isRetried };
  }
}
