import { withDefaultLoyaltyType } from '../writes/default-loyalty-type.js';
import type { UpdateKind } from '../writes/update-kind.js';
import { AssociationBatchDto, AssociationDto, AssociationElementDto } from './dto/association.dto.js';
import { translateAssociation } from './translate-association.js';

/** Describes associations of customers with a hierarchy, role, company, parent or children. */
export const ASSOCIATIONS: UpdateKind<AssociationDto> = {
  name: 'associations',
  updates: 'association',
  scopes: ['hierarchy:write'],
  dto: AssociationDto,
  itemDto: AssociationElementDto,
  batchDto: AssociationBatchDto,
  withDefaults: withDefaultLoyaltyType,
  translate: translateAssociation,
};
