import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

/** The first sentence, and the others: a period ends a sentence before white space. */
const SENTENCES = /^(.+?\.)\s+(\S.*)$/s;

/** Makes the first sentence of a comment the summary of its operation, and the others its description. */
export function shortenSummaries(document: OpenAPIObject): OpenAPIObject {
  for (const operation of operationsOf(document)) {
    const [, first, others] = SENTENCES.exec(operation.summary ?? '') ?? [];
    if (first === undefined || others === undefined) continue;
    operation.summary = first.replaceAll(/\s+/g, ' ');
    operation.description = [operation.description, others].filter((text) => text !== undefined).join('\n\n');
  }
  return document;
}
