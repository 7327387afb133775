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
/** A customer below a parent or company. Fields that the vendor does not return are absent. */
export class ChildCustomerDto {
    /**
     * The vendor's id of the customer.
     * @example 409967645
     */
    customerId;
    /**
     * The first name in the vendor's records.
     * @example Asha
     */
    firstName;
    /**
     * The last name in the vendor's records.
     * @example Rao
     */
    lastName;
    /** Identifiers and cards. */
    identifiers;
    /** Ways to reach the customer. */
    commChannels;
    /** Custom fields of the organization. */
    fields;
    /** Extended fields. */
    extendedFields;
    /**
     * The number of the customer's own children; only with includeNoOfChildren.
     * @example 0
     */
    noOfChildren;
    /** The customer's place in the hierarchy; only with includeCustomerAssociateDetail. */
    association;
    static _OPENAPI_METADATA_FACTORY() {
        return { customerId: { required: false, type: () => Number, description: "The vendor's id of the customer.", example: 409967645 }, firstName: { required: false, type: () => String, description: "The first name in the vendor's records.", example: "Asha" }, lastName: { required: false, type: () => String, description: "The last name in the vendor's records.", example: "Rao" }, identifiers: { required: true, description: "Identifiers and cards." }, commChannels: { required: true, description: "Ways to reach the customer." }, fields: { required: true, type: "object", additionalProperties: true, description: "Custom fields of the organization." }, extendedFields: { required: true, type: "object", additionalProperties: true, description: "Extended fields." }, noOfChildren: { required: false, type: () => Number, description: "The number of the customer's own children; only with includeNoOfChildren.", example: 0 }, association: { required: false, type: "object", additionalProperties: true, description: "The customer's place in the hierarchy; only with includeCustomerAssociateDetail." } };
    }
}
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ChildCustomerDto.prototype, "customerId", void 0);
__decorate([
    ApiProperty({
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        example: [{ type: 'mobile', value: '919900000006' }],
    }),
    __metadata("design:type", Array)
], ChildCustomerDto.prototype, "identifiers", void 0);
__decorate([
    ApiProperty({
        type: 'array',
        items: { type: 'object', additionalProperties: true },
        example: [{ type: 'email', value: 'asha.rao@example.com', primary: true }],
    }),
    __metadata("design:type", Array)
], ChildCustomerDto.prototype, "commChannels", void 0);
__decorate([
    ApiProperty({ type: 'object', additionalProperties: true, example: { gender: 'MALE' } }),
    __metadata("design:type", Object)
], ChildCustomerDto.prototype, "fields", void 0);
__decorate([
    ApiProperty({ type: 'object', additionalProperties: true, example: { city: 'Bengaluru' } }),
    __metadata("design:type", Object)
], ChildCustomerDto.prototype, "extendedFields", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ChildCustomerDto.prototype, "noOfChildren", void 0);
__decorate([
    ApiPropertyOptional({
        type: 'object',
        additionalProperties: true,
        example: { hierarchyCode: 'code-association2', roleCode: 'FC' },
    }),
    __metadata("design:type", Object)
], ChildCustomerDto.prototype, "association", void 0);
/** Where the next page begins. */
export class NextPageDto {
    /**
     * The offset for the same search.
     * @example 10
     */
    offset;
    /**
     * The limit for the same search.
     * @example 10
     */
    limit;
    static _OPENAPI_METADATA_FACTORY() {
        return { offset: { required: true, type: () => Number, description: "The offset for the same search.", example: 10 }, limit: { required: true, type: () => Number, description: "The limit for the same search.", example: 10 } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], NextPageDto.prototype, "offset", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], NextPageDto.prototype, "limit", void 0);
/** A page of the customers below a parent or company. */
export class ChildrenAnswerDto {
    /** The customers of this page. */
    customers;
    /**
     * The number of all customers; absent if the vendor returns only the size of the page.
     * @example 25
     */
    total;
    /** Where the next page begins; absent on the last one. The next page may be empty. */
    next;
    static _OPENAPI_METADATA_FACTORY() {
        return { customers: { required: true, description: "The customers of this page." }, total: { required: false, type: () => Number, description: "The number of all customers; absent if the vendor returns only the size of the page.", example: 25 }, next: { required: false, type: () => NextPageDto, description: "Where the next page begins; absent on the last one. The next page may be empty." } };
    }
}
__decorate([
    ApiProperty({ type: [ChildCustomerDto] }),
    __metadata("design:type", Array)
], ChildrenAnswerDto.prototype, "customers", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ChildrenAnswerDto.prototype, "total", void 0);
//# sourceMappingURL=children-answer.dto.js.map