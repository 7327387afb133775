var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "./identifier.dto.js";
import * as openapi_import_2 from "./card.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import { repeated } from '../../validation/text.js';
import { CardDto } from './card.dto.js';
import { IdentifierDto } from './identifier.dto.js';
/** Our bounds: the vendor documents none. */
export const MAX_IDENTIFIERS = 20;
export const MAX_CARDS = 20;
/** Identifies a customer. */
export class CustomerReferenceDto {
    /** Identifiers of the customer, 1 to 20. May be absent if `cards` identifies the customer. */
    identifiers;
    /** Cards of the customer, at most 20. */
    cards;
    static _OPENAPI_METADATA_FACTORY() {
        return { identifiers: { required: false, type: () => [openapi_import_1.IdentifierDto], description: "Identifiers of the customer, 1 to 20. May be absent if `cards` identifies the customer." }, cards: { required: false, type: () => [openapi_import_2.CardDto], description: "Cards of the customer, at most 20." } };
    }
}
__decorate([
    ApiPropertyOptional({
        minItems: 1,
        maxItems: MAX_IDENTIFIERS,
        example: [{ type: 'mobile', value: '919900000001' }],
    }),
    Check((list) => repeated(list, ({ type, value }) => [type, value])),
    NestedList(() => IdentifierDto, {
        min: 1,
        max: MAX_IDENTIFIERS,
        whenAbsent: 'must have at least one identifier, unless cards has a card',
    }),
    ValidateIf((reference) => {
        const { identifiers, cards } = reference;
        return identifiers !== undefined || !Array.isArray(cards) || cards.length === 0;
    }),
    __metadata("design:type", Array)
], CustomerReferenceDto.prototype, "identifiers", void 0);
__decorate([
    ApiPropertyOptional({ maxItems: MAX_CARDS, type: [CardDto] }),
    Optional(),
    Check((list) => repeated(list, ({ number }) => [number])),
    NestedList(() => CardDto, { min: 0, max: MAX_CARDS }),
    __metadata("design:type", Array)
], CustomerReferenceDto.prototype, "cards", void 0);
//# sourceMappingURL=customer-reference.dto.js.map