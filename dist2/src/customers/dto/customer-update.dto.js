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
import { LOYALTY_TYPES } from '../../config/vendor-enums.js';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_CODE_LENGTH, dateTime, text } from '../../validation/text.js';
import { CustomerDto } from './customer-profile.dto.js';
/** An update of one customer. Absent fields stay unchanged; no field can be cleared. */
export class CustomerUpdateDto extends CustomerDto {
    /** Required, as the vendor requires it. A default would silently turn customers into members. */
    loyaltyType;
    /**
     * When the customer was created. A date-time to the second with an offset.
     * @example "2026-02-11T16:36:17+05:30"
     */
    createDate;
    /**
     * The code of the till of the registration. 1 to 100 characters.
     * @example till-12
     */
    associatedWith;
    static _OPENAPI_METADATA_FACTORY() {
        return { loyaltyType: { required: true, description: "Required, as the vendor requires it. A default would silently turn customers into members.", enum: ["loyalty", "non_loyalty"], enum: LOYALTY_TYPES }, createDate: { required: false, type: () => String, description: "When the customer was created. A date-time to the second with an offset.", example: "2026-02-11T16:36:17+05:30" }, associatedWith: { required: false, type: () => String, description: "The code of the till of the registration. 1 to 100 characters.", example: "till-12" } };
    }
}
__decorate([
    ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' }),
    IsIn(LOYALTY_TYPES),
    __metadata("design:type", String)
], CustomerUpdateDto.prototype, "loyaltyType", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    Optional(),
    Check(dateTime),
    __metadata("design:type", String)
], CustomerUpdateDto.prototype, "createDate", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH }),
    Optional(),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], CustomerUpdateDto.prototype, "associatedWith", void 0);
//# sourceMappingURL=customer-update.dto.js.map