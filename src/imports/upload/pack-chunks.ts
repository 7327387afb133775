import type { LineResult, Upload } from '../../records/import-rows.repository.js';

/** Bounds of a chunk. A larger item gets a chunk of its own. */
const MAX_ITEMS = 100;
const MAX_CHARACTERS = 256_000;

/** Packs lines into uploads to store, one after the other, in the order of the lines. */
export class ChunkPacker {
  private items: string[] = [];
  private lines: number[] = [];
  private points: number[] = [];
  private totalPoints = 0;
  private characters = 0;
  private number = 0;
  private invalid: LineResult[] = [];
  private invalidCharacters = 0;

  /** The points of all lines so far. */
  get pointCount(): number {
    return this.totalPoints;
  }

  /**
   * @param points the points of the line that count for the daily limit
   * @param cells the row of the line in a CSV upload
   * @returns the upload to store now; undefined while there is room
   */
  addItem(line: number, dto: unknown, points = 0, cells?: readonly string[]): Upload | undefined {
    // The cells repeat what is in the DTO, so together they compress to little more than the DTO alone.
    const item = JSON.stringify({ line, dto, cells });
    const isFull = this.items.length === MAX_ITEMS || this.characters + item.length > MAX_CHARACTERS;
    const upload = isFull ? this.take() : undefined;
    this.items.push(item);
    this.lines.push(line);
    this.points.push(points);
    this.totalPoints += points;
    this.characters += item.length;
    return upload;
  }

  /**
   * @param cells the row of the line in a CSV upload
   * @returns the upload to store now; undefined while there is room
   */
  addInvalid(line: number, result: string, cells?: readonly string[]): Upload | undefined {
    const isFull = this.invalid.length === MAX_ITEMS || this.invalidCharacters > MAX_CHARACTERS;
    const upload = isFull ? this.take() : undefined;
    const row = cells && JSON.stringify(cells);
    this.invalid.push({ line, outcome: 'rejected', result, ...(row !== undefined && { row }) });
    this.invalidCharacters += result.length + (row?.length ?? 0);
    return upload;
  }

  /** @returns all lines that were added since the last upload; undefined if there are none */
  take(): Upload | undefined {
    const { items, lines, points, invalid } = this;
    if (items.length === 0 && invalid.length === 0) return undefined;
    this.items = [];
    this.lines = [];
    this.points = [];
    this.characters = 0;
    this.invalid = [];
    this.invalidCharacters = 0;
    this.number += 1; // the first is 1
    if (items.length === 0) return { number: this.number, invalid };
    const payload = `[${items.join(',')}]`;
    const isCounted = points.some((each) => each > 0);
    return { chunk: { number: this.number, lines, payload, ...(isCounted && { points }) }, invalid };
  }
}
