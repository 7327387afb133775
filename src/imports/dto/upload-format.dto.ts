import { ApiProperty } from '@nestjs/swagger';
import { SEPARATOR_NAMES, type SeparatorName, type UploadFormat } from '../upload/upload-format.js';

/** What was recognized in a CSV file. */
export class UploadFormatDto {
  /** What separates its cells. */
  @ApiProperty({ enum: SEPARATOR_NAMES, example: 'comma' })
  separator: SeparatorName;

  /**
   * Its encoding, by the byte order mark, the charset of Content-Type, or else `utf-8`.
   * @example "utf-8"
   */
  encoding: string;

  /** What ends its rows. */
  @ApiProperty({ enum: ['lf', 'crlf', 'cr', 'mixed'], example: 'crlf' })
  lineEnds: UploadFormat['lineEnds'];

  /**
   * The columns with a name.
   * @example 4
   */
  @ApiProperty({ type: 'integer' })
  columns: number;
}

/** Maps what was recognized to a member of a response; without CSV there is none. */
export function toFormatMember(format: UploadFormat | undefined): { format?: UploadFormatDto } {
  if (!format) return {};
  const { separator, encoding, lineEnds, header } = format;
  const columns = header.filter((name) => name.trim() !== '').length;
  return { format: { separator, encoding, lineEnds, columns } };
}
