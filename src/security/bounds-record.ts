import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsInt, IsNumber, Matches, Min } from 'class-validator';
import { PRINTABLE_ASCII, SOURCES, type Source } from '../config/vendor-enums.js';
import { Nested, Optional } from '../validation/validate-as.js';
import type { Bounds, Limits } from './principal.js';

/** Requires a list of one or more distinct values. */
export function List(): PropertyDecorator {
  return (target, property) => {
    for (const decorate of [IsArray(), ArrayNotEmpty(), ArrayUnique()]) decorate(target, property);
  };
}

class LimitsRecord implements Limits {
  @Optional()
  @IsInt()
  @Min(1)
  readonly requestsPerSecond?: number;

  @Optional()
  @IsInt()
  @Min(1)
  readonly updatesPerSecond?: number;

  @Optional()
  @IsInt()
  @Min(1)
  readonly concurrent?: number;
}

/** The bounds of a key in the file of API keys, or of a token in `authorization_details`. */
export class BoundsRecord implements Bounds {
  @Optional()
  @List()
  @IsIn(SOURCES, { each: true })
  readonly sources?: readonly Source[];

  @Optional()
  @List()
  @Matches(PRINTABLE_ASCII, { each: true, message: 'must each be 1 to 100 printable ASCII characters' })
  readonly accounts?: readonly string[];

  @Optional()
  @List()
  @IsInt({ each: true })
  @Min(1, { each: true })
  readonly programs?: readonly number[];

  @Optional()
  @IsNumber()
  @Min(0)
  readonly maxPointsPerEnrollment?: number;

  @Optional()
  @IsNumber()
  @Min(0)
  readonly maxPointsPerDay?: number;

  @Optional()
  @Nested(() => LimitsRecord)
  readonly limits?: LimitsRecord;
}
