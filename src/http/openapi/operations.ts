import type { OpenAPIObject } from '@nestjs/swagger';

export type DocumentOperation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Lists the operations of the document, of all paths. */
export function operationsOf({ paths }: OpenAPIObject): DocumentOperation[] {
  return Object.values(paths).flatMap((path) => Object.values(path as Record<string, DocumentOperation>));
}
