import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { CustomerUpdateDto } from '../../customers/dto/customer-update.dto.js';
import { AssociationPartDto, findItself, givesSomething } from '../../hierarchy/dto/association.dto.js';
import { MAX_PROGRAMS, ProgramDto, eachProgramOnce } from '../../loyalty/dto/enrollment.dto.js';
import { MAX_BATCH_UPDATES } from '../../validation/text.js';
import { Check, Nested, NestedList, Optional } from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';

/** Everything about one customer in one update. The vendor applies all of it or nothing. Absent parts stay unchanged. */
export class WholeUpdateDto extends CustomerUpdateDto {
  /** Programs to enroll in, 1 to 20, each at most once. Only with the loyaltyType `loyalty`. Needs the scope `loyalty:write`. */
  @ApiPropertyOptional({ type: [ProgramDto], minItems: 1, maxItems: MAX_PROGRAMS })
  @Optional()
  @Check((_programs, holder) =>
    (holder as WholeUpdateDto).loyaltyType === 'non_loyalty'
      ? [
          {
            pointer: '',
            code: 'combination',
            message: 'cannot be combined with the loyaltyType non_loyalty: only members are enrolled',
          },
        ]
      : [],
  )
  @Check(eachProgramOnce)
  @NestedList(() => ProgramDto, { min: 1, max: MAX_PROGRAMS })
  programs?: ProgramDto[];

  /** The hierarchy, role, company, parent or children of the customer, at least one of them. Needs the scope `hierarchy:write`. */
  @Optional()
  @Check(findItself)
  @Check(givesSomething)
  @Nested(() => AssociationPartDto)
  association?: AssociationPartDto;
}

/** An update of everything as one element of a batch. */
export class WholeUpdateElementDto extends WholeUpdateDto {
  @ItemKey()
  idempotencyKey?: string;
}

/** Many updates of everything in one request. */
export class WholeUpdateBatchDto {
  /** 1 to 1,000 updates. */
  @ApiProperty({ type: [WholeUpdateElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES })
  @ArrayMaxSize(MAX_BATCH_UPDATES)
  @ArrayMinSize(1)
  @IsArray()
  updates: unknown[];
}
