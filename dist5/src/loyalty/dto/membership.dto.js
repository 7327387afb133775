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
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import { LOYALTY_TYPES } from '../../config/vendor-enums.js';
import { MAX_BATCH_UPDATES } from '../../validation/text.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';
/** Sets the loyalty status of a customer. */
export class MembershipDto extends CustomerReferenceDto {
    /** The new status. The vendor refuses the change from loyalty to non_loyalty (1046). */
    loyaltyType;
    static _OPENAPI_METADATA_FACTORY() {
        return { loyaltyType: { required: true, description: "The new status. The vendor refuses the change from loyalty to non_loyalty (1046).", enum: ["loyalty", "non_loyalty"], enum: LOYALTY_TYPES } };
    }
}
__decorate([
    ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' }),
    IsIn(LOYALTY_TYPES),
    __metadata("design:type", String)
], MembershipDto.prototype, "loyaltyType", void 0);
/** A membership as one element of a batch. */
export class MembershipElementDto extends MembershipDto {
    idempotencyKey;
    static _OPENAPI_METADATA_FACTORY() {
        return { idempotencyKey: { required: false, type: () => String } };
    }
}
__decorate([
    ItemKey(),
    __metadata("design:type", String)
], MembershipElementDto.prototype, "idempotencyKey", void 0);
/** Many memberships in one request. */
export class MembershipBatchDto {
    /** 1 to 1,000 memberships. */
    memberships;
    static _OPENAPI_METADATA_FACTORY() {
        return { memberships: { required: true, type: () => [Object], description: "1 to 1,000 memberships.", minItems: 1 } };
    }
}
__decorate([
    ApiProperty({ type: [MembershipElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES }),
    ArrayMaxSize(MAX_BATCH_UPDATES),
    ArrayMinSize(1),
    IsArray(),
    __metadata("design:type", Array)
], MembershipBatchDto.prototype, "memberships", void 0);
//# sourceMappingURL=membership.dto.js.map