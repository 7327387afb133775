import { LineBuffer } from './line-buffer.js';
import { parseJsonLine } from './parse-json-line.js';
const NEWLINE = 0x0a;
function isBlank(line) {
    return line.toString('latin1').trim() === '';
}
/** Yields the bytes of each line, without its end; undefined for a line that is too long. */
async function* splitLines(bytes) {
    const line = new LineBuffer();
    for await (const piece of bytes) {
        let from = 0;
        for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
            line.add(piece.subarray(from, at));
            yield line.take();
            from = at + 1;
        }
        line.add(piece.subarray(from));
    }
    if (!line.isEmpty)
        yield line.take();
}
/** Reads one JSON value per line. Lines are numbered from 1; empty lines count, and are skipped. */
export async function* readNdjson(bytes) {
    let line = 0;
    for await (const one of splitLines(bytes)) {
        line += 1;
        if (!one || !isBlank(one))
            yield parseJsonLine(one, line);
    }
}
//# sourceMappingURL=read-ndjson.js.map