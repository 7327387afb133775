import { ApiPropertyOptional } from '@nestjs/swagger';
import { Settings } from '../../src/config/settings.js';
import { CardDto } from '../../src/customers/dto/card.dto.js';
import { CommChannelDto } from '../../src/customers/dto/comm-channel.dto.js';
import { IdentifierDto } from '../../src/customers/dto/identifier.dto.js';
import type { HeaderRules } from '../../src/imports/upload/csv-header.js';
import { UPDATE_KINDS } from '../../src/imports/import-kinds.js';
import { ProgramDto } from '../../src/loyalty/dto/enrollment.dto.js';
import { type FieldMap, fieldMap, fieldMapSchema, text } from '../../src/validation/text.js';
import { Check, NestedList, Optional } from '../../src/validation/validate-as.js';

const BOUNDS = { min: 0, max: 20 };

/** A row that needs no column, and may have columns of several kinds. */
class AnyRowDto {
  @ApiPropertyOptional({ maxItems: BOUNDS.max })
  @Optional()
  @NestedList(() => IdentifierDto, BOUNDS)
  identifiers?: IdentifierDto[];

  @ApiPropertyOptional({ maxItems: BOUNDS.max })
  @Optional()
  @NestedList(() => CardDto, BOUNDS)
  cards?: CardDto[];

  @ApiPropertyOptional({ maxItems: BOUNDS.max })
  @Optional()
  @NestedList(() => CommChannelDto, BOUNDS)
  commChannels?: CommChannelDto[];

  @ApiPropertyOptional({ maxItems: BOUNDS.max })
  @Optional()
  @NestedList(() => ProgramDto, BOUNDS)
  programs?: ProgramDto[];

  @Optional()
  @Check(text(100))
  firstName?: string;

  @Optional()
  @Check(text(100))
  lastName?: string;

  @ApiPropertyOptional(fieldMapSchema({ favoriteStore: 'Indiranagar' }))
  @Optional()
  @Check(fieldMap)
  fields?: FieldMap;

  @ApiPropertyOptional(fieldMapSchema({ city: 'Bengaluru' }))
  @Optional()
  @Check(fieldMap)
  extendedFields?: FieldMap;
}

/** For tests of how rows are read; which columns a kind has is another test. */
export const ANY_COLUMNS: HeaderRules = {
  kind: { ...UPDATE_KINDS.memberships, name: 'rows', dto: AnyRowDto },
  settings: new Settings(),
};
