import { creditsPoints } from '../loyalty/credits-points.js';
import { withDefaultLoyaltyType } from '../writes/default-loyalty-type.js';
import type { UpdateKind } from '../writes/update-kind.js';
import { WholeUpdateBatchDto, WholeUpdateDto, WholeUpdateElementDto } from './dto/whole-update.dto.js';
import { translateWholeUpdate } from './translate-whole-update.js';

/** Describes updates of everything about a customer in one item: profile, programs and association. */
export const WHOLE_UPDATES: UpdateKind<WholeUpdateDto> = {
  name: 'updates',
  updates: 'customer',
  scopes: ['customers:write', 'loyalty:write', 'hierarchy:write'],
  dto: WholeUpdateDto,
  itemDto: WholeUpdateElementDto,
  batchDto: WholeUpdateBatchDto,
  withDefaults: withDefaultLoyaltyType,
  creditsPoints,
  translate: translateWholeUpdate,
};
