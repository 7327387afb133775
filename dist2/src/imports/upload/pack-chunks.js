/** Bounds of a chunk. A larger item gets a chunk of its own. */
const MAX_ITEMS = 100;
const MAX_CHARACTERS = 256_000;
/** Packs lines into uploads to store, one after the other, in the order of the lines. */
export class ChunkPacker {
    items = [];
    lines = [];
    points = [];
    totalPoints = 0;
    characters = 0;
    number = 0;
    invalid = [];
    invalidCharacters = 0;
    /** The points of all lines so far. */
    get pointCount() {
        return this.totalPoints;
    }
    /**
     * @param points the points of the line that count for the daily limit
     * @returns the upload to store now; undefined while there is room
     */
    addItem(line, dto, points = 0) {
        const item = JSON.stringify({ line, dto });
        const isFull = this.items.length === MAX_ITEMS || this.characters + item.length > MAX_CHARACTERS;
        const upload = isFull ? this.take() : undefined;
        this.items.push(item);
        this.lines.push(line);
        this.points.push(points);
        this.totalPoints += points;
        this.characters += item.length;
        return upload;
    }
    /** @returns the upload to store now; undefined while there is room */
    addInvalid(line, result) {
        const isFull = this.invalid.length === MAX_ITEMS || this.invalidCharacters > MAX_CHARACTERS;
        const upload = isFull ? this.take() : undefined;
        this.invalid.push({ line, outcome: 'rejected', result });
        this.invalidCharacters += result.length;
        return upload;
    }
    /** @returns all lines that were added since the last upload; undefined if there are none */
    take() {
        const { items, lines, points, invalid } = this;
        if (items.length === 0 && invalid.length === 0)
            return undefined;
        this.items = [];
        this.lines = [];
        this.points = [];
        this.characters = 0;
        this.invalid = [];
        this.invalidCharacters = 0;
        this.number += 1; // the first is 1
        if (items.length === 0)
            return { number: this.number, invalid };
        const payload = `[${items.join(',')}]`;
        const isCounted = points.some((each) => each > 0);
        return { chunk: { number: this.number, lines, payload, ...(isCounted && { points }) }, invalid };
    }
}
//# sourceMappingURL=pack-chunks.js.map