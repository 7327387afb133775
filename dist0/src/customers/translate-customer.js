import { customerKey } from '../delivery/customer-key.js';
import { withNumericOffset } from '../validation/dates.js';
/** Translates a card, which is an identifier on the wire. Source: docs/vendor-contract.md section 2, and bulk-post-parent-with-children.request.json. */
function translateCard(card) {
    const { number, seriesId, seriesCode, statusLabel, cardExternalId, extendedFields } = card;
    return {
        type: 'cardnumber',
        value: number,
        ...(seriesId !== undefined && { seriesId }),
        ...(seriesCode !== undefined && { seriesCode }),
        statusLabel,
        ...(cardExternalId !== undefined && { cardExternalId }),
        ...(extendedFields && { extendedFields }),
    };
}
function translateChannel({ type, value, primary, verified, meta }) {
    return {
        type,
        value,
        ...(primary !== undefined && { primary }),
        ...(verified !== undefined && { verified }),
        ...(meta && {
            meta: {
                ...(meta.lastViewedDate !== undefined && { lastViewedDate: withNumericOffset(meta.lastViewedDate) }),
                ...(meta.residence !== undefined && { residence: meta.residence }),
                ...(meta.office !== undefined && { office: meta.office }),
            },
        }),
    };
}
/** Translates a customer to the vendor's profile: identifiers, names, channels and fields. */
export function translateProfile(customer, { source, accountId }) {
    const { firstName, lastName, identifiers = [], cards = [], commChannels, fields } = customer;
    return {
        ...(firstName !== undefined && { firstName }),
        ...(lastName !== undefined && { lastName }),
        identifiers: [...identifiers.map(({ type, value }) => ({ type, value })), ...cards.map(translateCard)],
        ...(commChannels && { commChannels: commChannels.map(translateChannel) }),
        ...(fields && { fields }),
        source,
        ...(accountId !== undefined && { accountId }),
    };
}
/** Returns the keys of the customer of a profile. */
export function profileKeys(profile) {
    return profile.identifiers.map(customerKey);
}
/** Returns why the vendor may refuse this loyalty type. Source: docs/vendor-contract.md section 2, `loyaltyType`. */
export function loyaltyDoubts(loyaltyType) {
    return loyaltyType === 'non_loyalty'
        ? ['if the customer is a loyalty customer already, the vendor refuses it (1046)']
        : [];
}
/** Translates the DTO of a customer to an update. The nesting is that of bulk-put-association.request.json. */
export function translateCustomer(customer, route) {
    const { extendedFields, loyaltyType, createDate, associatedWith } = customer;
    const profile = translateProfile(customer, route);
    const item = {
        profiles: [profile],
        ...(extendedFields && { extendedFields }),
        loyaltyInfo: { loyaltyType },
        ...(createDate !== undefined && { createDate: withNumericOffset(createDate) }),
        ...(associatedWith !== undefined && { associatedWith }),
    };
    return {
        route,
        kind: 'customer',
        item,
        customer: profileKeys(profile),
        children: [],
        parent: [],
        doubts: loyaltyDoubts(loyaltyType),
    };
}
//# sourceMappingURL=translate-customer.js.map