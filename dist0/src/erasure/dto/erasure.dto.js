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
import { IsIn } from 'class-validator';
import { IDENTIFIER_TYPES, MAX_VALUE_LENGTH, identifierValueMistake, } from '../../customers/dto/identifier.dto.js';
import { Check, NestedList } from '../../validation/validate-as.js';
/** A card is an identifier like the others here: only its number matters. */
const ERASED_TYPES = [...IDENTIFIER_TYPES, 'cardnumber'];
/** Our bound. */
const MAX_IDENTIFIERS = 50;
/** One identifier of the customer. */
export class ErasedIdentifierDto {
    /** The type of the identifier; `cardnumber` is the number of a card. */
    type;
    /**
     * The value, 1 to 255 characters. A mobile number has the country code, and only digits.
     * @example "919900000001"
     */
    value;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, description: "The type of the identifier; `cardnumber` is the number of a card.", enum: ["line", "externalId", "cardnumber", "mobile", "email", "wechat", "unionId", "martjackId", "fbId", "tmall_uname", "cuid", "ali_uname", "jd_uname", "vip_uname", "mobilePush"], enum: ERASED_TYPES }, value: { required: true, type: () => String, description: "The value, 1 to 255 characters. A mobile number has the country code, and only digits.", example: "919900000001" } };
    }
}
__decorate([
    ApiProperty({ enum: ERASED_TYPES, example: 'mobile' }),
    IsIn(ERASED_TYPES),
    __metadata("design:type", Object)
], ErasedIdentifierDto.prototype, "type", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH }),
    Check((value, holder) => {
        const message = identifierValueMistake(value, holder.type);
        return message === undefined ? [] : [{ pointer: '', message }];
    }),
    __metadata("design:type", String)
], ErasedIdentifierDto.prototype, "value", void 0);
/** The customer to erase. */
export class ErasureRequestDto {
    /** All known identifiers of the customer, 1 to 50. Data that is stored only under another identifier is not found. */
    identifiers;
    static _OPENAPI_METADATA_FACTORY() {
        return { identifiers: { required: true, type: () => [ErasedIdentifierDto], description: "All known identifiers of the customer, 1 to 50. Data that is stored only under another identifier is not found." } };
    }
}
__decorate([
    ApiProperty({ type: [ErasedIdentifierDto], minItems: 1, maxItems: MAX_IDENTIFIERS }),
    NestedList(() => ErasedIdentifierDto, { min: 1, max: MAX_IDENTIFIERS }),
    __metadata("design:type", Array)
], ErasureRequestDto.prototype, "identifiers", void 0);
/** An erasure, and what has been erased so far. It does not name the customer. */
export class ErasureDto {
    /**
     * Its id.
     * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
     */
    id;
    /** Whether all stored data has been searched. */
    state;
    /**
     * Lines of imports that were removed.
     * @example 3
     */
    lines;
    /**
     * Stored answers of an `Idempotency-Key` from which the customer was removed.
     * @example 1
     */
    answers;
    /**
     * Unknown credits from which the customer was removed.
     * @example 0
     */
    credits;
    /** When it was requested. */
    createdAt;
    /** When it was finished. */
    finishedAt;
    static _OPENAPI_METADATA_FACTORY() {
        return { id: { required: true, type: () => String, description: "Its id.", example: "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b" }, state: { required: true, description: "Whether all stored data has been searched.", enum: ["running", "finished"] }, lines: { required: true, type: () => Number, description: "Lines of imports that were removed.", example: 3 }, answers: { required: true, type: () => Number, description: "Stored answers of an `Idempotency-Key` from which the customer was removed.", example: 1 }, credits: { required: true, type: () => Number, description: "Unknown credits from which the customer was removed.", example: 0 }, createdAt: { required: true, type: () => String, description: "When it was requested." }, finishedAt: { required: false, type: () => String, description: "When it was finished." } };
    }
}
__decorate([
    ApiProperty({ format: 'uuid' }),
    __metadata("design:type", String)
], ErasureDto.prototype, "id", void 0);
__decorate([
    ApiProperty({ enum: ['running', 'finished'], example: 'finished' }),
    __metadata("design:type", String)
], ErasureDto.prototype, "state", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ErasureDto.prototype, "lines", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ErasureDto.prototype, "answers", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ErasureDto.prototype, "credits", void 0);
__decorate([
    ApiProperty({ format: 'date-time' }),
    __metadata("design:type", String)
], ErasureDto.prototype, "createdAt", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], ErasureDto.prototype, "finishedAt", void 0);
//# sourceMappingURL=erasure.dto.js.map