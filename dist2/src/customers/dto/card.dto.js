var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi from "@nestjs/swagger";
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_VALUE_LENGTH } from './identifier.dto.js';
import { MAX_CODE_LENGTH, fieldMap, fieldMapSchema, text } from '../../validation/text.js';
/** A card of the customer; on the wire it is an identifier. */
export class CardDto {
    /**
     * The number on the card. 1 to 255 characters.
     * @example "card_710000"
     */
    number;
    /**
     * The series of a card that was generated in Capillary. Give exactly one of seriesId and seriesCode.
     * @example 42
     */
    seriesId;
    /** The external series of the card. 1 to 100 characters. */
    seriesCode;
    /**
     * The organization's own label for the status of the card. 1 to 100 characters.
     * @example ACTIVE
     */
    statusLabel;
    /** The card's id in another system. 1 to 255 characters. */
    cardExternalId;
    /** Extended fields of the card that are enabled for the organization. */
    extendedFields;
    static _OPENAPI_METADATA_FACTORY() {
        return { number: { required: true, type: () => String, description: "The number on the card. 1 to 255 characters.", example: "card_710000" }, seriesId: { required: false, type: () => Number, description: "The series of a card that was generated in Capillary. Give exactly one of seriesId and seriesCode.", example: 42, minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, seriesCode: { required: false, type: () => String, description: "The external series of the card. 1 to 100 characters." }, statusLabel: { required: true, type: () => String, description: "The organization's own label for the status of the card. 1 to 100 characters.", example: "ACTIVE" }, cardExternalId: { required: false, type: () => String, description: "The card's id in another system. 1 to 255 characters." }, extendedFields: { required: false, type: "object", additionalProperties: true, description: "Extended fields of the card that are enabled for the organization." } };
    }
}
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH }),
    Check(text(MAX_VALUE_LENGTH)),
    Check((_value, holder) => {
        const { seriesId, seriesCode } = holder;
        return (seriesId === undefined) === (seriesCode === undefined)
            ? [{ pointer: '', message: 'needs exactly one of seriesId and seriesCode beside it' }]
            : [];
    }),
    __metadata("design:type", String)
], CardDto.prototype, "number", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    Optional(),
    Max(Number.MAX_SAFE_INTEGER),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], CardDto.prototype, "seriesId", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH, example: 'FleetCard1' }),
    Optional(),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], CardDto.prototype, "seriesCode", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_CODE_LENGTH }),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], CardDto.prototype, "statusLabel", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_VALUE_LENGTH, example: 'carduuid_710000' }),
    Optional(),
    Check(text(MAX_VALUE_LENGTH)),
    __metadata("design:type", String)
], CardDto.prototype, "cardExternalId", void 0);
__decorate([
    ApiPropertyOptional(fieldMapSchema({ vehicle_number: 'KA01B2020' })),
    Optional(),
    Check(fieldMap),
    __metadata("design:type", Object)
], CardDto.prototype, "extendedFields", void 0);
//# sourceMappingURL=card.dto.js.map