import { withDefaultLoyaltyType } from '../writes/default-loyalty-type.js';
import { AssociationBatchDto, AssociationDto, AssociationElementDto } from './dto/association.dto.js';
import { translateAssociation } from './translate-association.js';
/** Describes associations of customers with a hierarchy, role, company, parent or children. */
export const ASSOCIATIONS = {
    name: 'associations',
    updates: 'association',
    scope: 'hierarchy:write',
    dto: AssociationDto,
    itemDto: AssociationElementDto,
    batchDto: AssociationBatchDto,
    withDefaults: withDefaultLoyaltyType,
    translate: translateAssociation,
};
//# sourceMappingURL=association.kind.js.map