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
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Check } from '../../validation/validate-as.js';
import { isAddress, textMistake } from '../../validation/text.js';
/** Identifier types. Cards have a DTO of their own, as they need more fields. Source: docs/vendor-contract.md section 2. */
export const IDENTIFIER_TYPES = [
    'mobile',
    'email',
    'externalId',
    'wechat',
    'unionId',
    'martjackId',
    'fbId',
    'tmall_uname',
    'cuid',
    'ali_uname',
    'jd_uname',
    'vip_uname',
    'mobilePush',
    'line',
];
/** E.164 allows 15 digits, and no country code begins with 0. */
const MOBILE = /^[1-9]\d{6,14}$/;
/** Source: docs/vendor-contract.md section 2 for addresses. For other values it is our bound. */
export const MAX_VALUE_LENGTH = 255;
export function identifierValueMistake(value, type) {
    const mistake = textMistake(value, MAX_VALUE_LENGTH);
    if (mistake || typeof value !== 'string')
        return mistake;
    if (type === 'mobile' && !MOBILE.test(value)) {
        return 'must be 7 to 15 digits with the country code, without + or leading zeros';
    }
    if (type === 'email' && !isAddress(value))
        return 'must be an e-mail address';
    return undefined;
}
/** An identifier by which the vendor knows a customer. */
export class IdentifierDto {
    /** The type of the identifier. Cards are in `cards` instead. */
    type;
    /**
     * The value, 1 to 255 characters. A mobile number has the country code, and only digits.
     * @example "919900000001"
     */
    value;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, description: "The type of the identifier. Cards are in `cards` instead.", enum: ["line", "externalId", "mobile", "email", "wechat", "unionId", "martjackId", "fbId", "tmall_uname", "cuid", "ali_uname", "jd_uname", "vip_uname", "mobilePush"], enum: IDENTIFIER_TYPES }, value: { required: true, type: () => String, description: "The value, 1 to 255 characters. A mobile number has the country code, and only digits.", example: "919900000001" } };
    }
}
__decorate([
    ApiProperty({ enum: IDENTIFIER_TYPES, example: 'mobile' }),
    IsIn(IDENTIFIER_TYPES, {
        message: `must be one of ${IDENTIFIER_TYPES.join(', ')}; a card goes into cards`,
    }),
    __metadata("design:type", Object)
], IdentifierDto.prototype, "type", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH }),
    Check((value, holder) => {
        const message = identifierValueMistake(value, holder.type);
        return message === undefined ? [] : [{ pointer: '', message }];
    }),
    __metadata("design:type", String)
], IdentifierDto.prototype, "value", void 0);
//# sourceMappingURL=identifier.dto.js.map