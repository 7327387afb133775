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
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';
import { MAX_BATCH_UPDATES } from '../../validation/text.js';
import { CustomerUpdateDto } from './customer-update.dto.js';
/** An update as one element of a batch. */
export class CustomerElementDto extends CustomerUpdateDto {
    idempotencyKey;
    static _OPENAPI_METADATA_FACTORY() {
        return { idempotencyKey: { required: false, type: () => String } };
    }
}
__decorate([
    ItemKey(),
    __metadata("design:type", String)
], CustomerElementDto.prototype, "idempotencyKey", void 0);
/** Many updates in one request. Elements are validated one by one, so that a mistake in one need not stop the others. */
export class CustomerBatchDto {
    /** 1 to 1,000 updates. */
    customers;
    static _OPENAPI_METADATA_FACTORY() {
        return { customers: { required: true, type: () => [Object], description: "1 to 1,000 updates.", minItems: 1 } };
    }
}
__decorate([
    ApiProperty({ type: [CustomerElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES }),
    ArrayMaxSize(MAX_BATCH_UPDATES),
    ArrayMinSize(1),
    IsArray(),
    __metadata("design:type", Array)
], CustomerBatchDto.prototype, "customers", void 0);
//# sourceMappingURL=customer-batch.dto.js.map