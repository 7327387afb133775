import { createSchema } from './0001-create-schema.js';
/** All migrations, in order. */
export const migrations = [createSchema];
//# sourceMappingURL=index.js.map