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
import { IsBoolean, IsIn } from 'class-validator';
import { isDateTimeWithOffset, isRealDate } from '../../validation/dates.js';
import { Check, Nested, Optional } from '../../validation/validate-as.js';
import { MAX_VALUE_LENGTH } from './identifier.dto.js';
import { isAddress, textMistake } from '../../validation/text.js';
/** Source: docs/vendor-contract.md section 2. */
export const CHANNEL_TYPES = ['mobile', 'email', 'wechat', 'ios', 'android', 'line', 'mobilePush'];
function channelValueMistake(value, type) {
    const mistake = textMistake(value, MAX_VALUE_LENGTH);
    if (mistake || typeof value !== 'string')
        return mistake;
    if (type === 'mobile' && !/^\d{7,15}$/.test(value))
        return 'must be 7 to 15 digits';
    if (type === 'email' && !isAddress(value))
        return 'must be an e-mail address';
    return undefined;
}
/** Facts about a channel. */
export class CommChannelMetaDto {
    /** When the customer last opened the app: `YYYY-MM-DD`, or a date-time with an offset. Only for mobilePush. */
    lastViewedDate;
    /**
     * Whether the channel reaches the customer's residence.
     * @example true
     */
    residence;
    /**
     * Whether the channel reaches the customer's office.
     * @example false
     */
    office;
    static _OPENAPI_METADATA_FACTORY() {
        return { lastViewedDate: { required: false, type: () => String, description: "When the customer last opened the app: `YYYY-MM-DD`, or a date-time with an offset. Only for mobilePush." }, residence: { required: false, type: () => Boolean, description: "Whether the channel reaches the customer's residence.", example: true }, office: { required: false, type: () => Boolean, description: "Whether the channel reaches the customer's office.", example: false } };
    }
}
__decorate([
    ApiPropertyOptional({ example: '2026-10-25' }),
    Optional(),
    Check((value) => typeof value === 'string' && (isRealDate(value) || isDateTimeWithOffset(value))
        ? []
        : [{ pointer: '', message: 'must be a real date YYYY-MM-DD, or a date-time with an offset' }]),
    __metadata("design:type", String)
], CommChannelMetaDto.prototype, "lastViewedDate", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], CommChannelMetaDto.prototype, "residence", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], CommChannelMetaDto.prototype, "office", void 0);
/** A way to reach the customer. */
export class CommChannelDto {
    /** The type of the channel. */
    type;
    /**
     * The number, address or token of the channel. 1 to 255 characters.
     * @example "asha.rao@example.com"
     */
    value;
    /**
     * Whether this is the preferred channel of its type.
     * @example true
     */
    primary;
    /**
     * Whether the customer has proved to own the channel.
     * @example true
     */
    verified;
    /** Facts about the channel. */
    meta;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, description: "The type of the channel.", enum: ["line", "mobile", "email", "wechat", "mobilePush", "ios", "android"], enum: CHANNEL_TYPES }, value: { required: true, type: () => String, description: "The number, address or token of the channel. 1 to 255 characters.", example: "asha.rao@example.com" }, primary: { required: false, type: () => Boolean, description: "Whether this is the preferred channel of its type.", example: true }, verified: { required: false, type: () => Boolean, description: "Whether the customer has proved to own the channel.", example: true }, meta: { required: false, type: () => CommChannelMetaDto, description: "Facts about the channel." } };
    }
}
__decorate([
    ApiProperty({ enum: CHANNEL_TYPES, example: 'email' }),
    IsIn(CHANNEL_TYPES),
    __metadata("design:type", Object)
], CommChannelDto.prototype, "type", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH }),
    Check((value, holder) => {
        const message = channelValueMistake(value, holder.type);
        return message === undefined ? [] : [{ pointer: '', message }];
    }),
    __metadata("design:type", String)
], CommChannelDto.prototype, "value", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], CommChannelDto.prototype, "primary", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], CommChannelDto.prototype, "verified", void 0);
__decorate([
    Optional(),
    Check((meta, holder) => meta?.lastViewedDate !== undefined &&
        holder.type !== 'mobilePush'
        ? [{ pointer: '/lastViewedDate', message: 'is only for a channel of the type mobilePush' }]
        : []),
    Nested(() => CommChannelMetaDto),
    __metadata("design:type", CommChannelMetaDto)
], CommChannelDto.prototype, "meta", void 0);
//# sourceMappingURL=comm-channel.dto.js.map