import type { CustomerReferenceDto } from '../customers/dto/customer-reference.dto.js';
import { translateCustomer } from '../customers/translate-customer.js';
import type { Route, Update, UpdatePart } from '../delivery/update.js';
import { translateAssociation } from '../hierarchy/translate-association.js';
import { translateEnrollment } from '../loyalty/translate-enrollment.js';
import type { WholeUpdateDto } from './dto/whole-update.dto.js';

/** The properties that identify the customer of every part, and the loyalty type, which the vendor requires with each. */
const OF_EVERY_PART = new Set(['identifiers', 'cards', 'loyaltyType', 'idempotencyKey']);

/** Lists the parts that an update uses. Without programs and an association it is an update of the profile. */
function partsOf({ programs, association, ...customer }: WholeUpdateDto): UpdatePart[] {
  const others: UpdatePart[] = [
    ...(programs ? (['programs'] as const) : []),
    ...(association ? (['association'] as const) : []),
  ];
  const changesProfile = Object.entries(customer).some(
    ([name, value]) => value !== undefined && !OF_EVERY_PART.has(name),
  );
  return changesProfile || others.length === 0 ? ['profile', ...others] : others;
}

/** Translates an update of everything by the translations of its parts: one item with what each of them would send. */
export function translateWholeUpdate(update: WholeUpdateDto, route: Route): Update {
  const { identifiers, cards, loyaltyType, programs, association } = update;
  const reference: CustomerReferenceDto = { ...(identifiers && { identifiers }), ...(cards && { cards }) };
  const customer = translateCustomer(update, route);
  const enrolled = programs && translateEnrollment({ ...reference, programs }, route);
  const associated =
    association && translateAssociation({ ...reference, loyaltyType, ...association }, route);
  const translated = [customer, enrolled, associated].flatMap((part) => part ?? []);
  // The profile of the customer is the fullest, and replaces those of the other parts.
  const combine = (enrollment: Update['item'] | undefined): Update['item'] => ({
    ...enrollment,
    ...associated?.item,
    ...customer.item,
  });
  const credit = enrolled?.credit;
  return {
    ...customer,
    kind: associated?.kind ?? customer.kind,
    item: combine(enrolled?.item),
    ...(enrolled?.programIds && { programIds: enrolled.programIds }),
    ...(credit && { credit: { ...credit, itemWithoutPoints: combine(credit.itemWithoutPoints) } }),
    children: associated?.children ?? [],
    parent: associated?.parent ?? [],
    parts: partsOf(update),
    doubts: [
      ...new Set(translated.flatMap(({ doubts }) => doubts)),
      ...(translated.length > 1 ? ['the vendor refuses the whole update if it refuses a part of it'] : []),
    ],
  };
}
