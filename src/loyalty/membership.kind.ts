import type { UpdateKind } from '../writes/update-kind.js';
import { MembershipBatchDto, MembershipDto, MembershipElementDto } from './dto/membership.dto.js';
import { translateMembership } from './translate-membership.js';

/** Describes changes of the loyalty status. */
export const MEMBERSHIPS: UpdateKind<MembershipDto> = {
  name: 'memberships',
  updates: 'customer',
  scopes: ['loyalty:write'],
  dto: MembershipDto,
  itemDto: MembershipElementDto,
  batchDto: MembershipBatchDto,
  translate: translateMembership,
};
