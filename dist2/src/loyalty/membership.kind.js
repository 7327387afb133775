import { MembershipBatchDto, MembershipDto, MembershipElementDto } from './dto/membership.dto.js';
import { translateMembership } from './translate-membership.js';
/** Describes changes of the loyalty status. */
export const MEMBERSHIPS = {
    name: 'memberships',
    updates: 'customer',
    scope: 'loyalty:write',
    dto: MembershipDto,
    itemDto: MembershipElementDto,
    batchDto: MembershipBatchDto,
    translate: translateMembership,
};
//# sourceMappingURL=membership.kind.js.map