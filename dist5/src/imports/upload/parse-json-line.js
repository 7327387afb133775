import { readJsonBody } from '../../validation/json-body.js';
import { Problem } from '../../problems/problem.js';
import { LINE_TOO_LONG } from './upload-line.js';
/**
 * Parses the JSON of one line like the body of a single request.
 *
 * @param bytes undefined if the line is too long
 */
export function parseJsonLine(bytes, line) {
    if (!bytes)
        return { line, mistakes: LINE_TOO_LONG };
    try {
        return { line, value: readJsonBody(bytes) };
    }
    catch (error) {
        if (!(error instanceof Problem))
            throw error;
        return { line, mistakes: (error.extensions.errors ?? []) };
    }
}
//# sourceMappingURL=parse-json-line.js.map