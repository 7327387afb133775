var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "./association.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { MAX_VALUE_LENGTH, identifierValueMistake } from '../../customers/dto/identifier.dto.js';
import { Check, Nested, Optional } from '../../validation/validate-as.js';
import { FleetCompanyDto } from './association.dto.js';
/** The identifiers by which the vendor finds a parent. Source: docs/vendor-contract.md section 7. */
export const PARENT_IDENTIFIER_TYPES = [
    'mobile',
    'email',
    'externalId',
    'cardnumber',
    'wechat',
    'martjackId',
    'fbId',
];
/** Our bound: the vendor documents none. */
const MAX_PAGE = 100;
/** A role has at most 30,000 children (docs/vendor-contract.md section 2); a company may have more. */
const MAX_OFFSET = 1_000_000;
/** An identifier of the parent. */
export class ParentIdentifierDto {
    /** The type of the identifier. */
    type;
    /**
     * The value, 1 to 255 characters. A mobile number has the country code, and only digits.
     * @example "919900000005"
     */
    value;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, description: "The type of the identifier.", enum: ["externalId", "cardnumber", "mobile", "email", "wechat", "martjackId", "fbId"], enum: PARENT_IDENTIFIER_TYPES }, value: { required: true, type: () => String, description: "The value, 1 to 255 characters. A mobile number has the country code, and only digits.", example: "919900000005" } };
    }
}
__decorate([
    ApiProperty({ enum: PARENT_IDENTIFIER_TYPES, example: 'mobile' }),
    IsIn(PARENT_IDENTIFIER_TYPES),
    __metadata("design:type", Object)
], ParentIdentifierDto.prototype, "type", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_VALUE_LENGTH }),
    Check((value, holder) => {
        const message = identifierValueMistake(value, holder.type);
        return message === undefined ? [] : [{ pointer: '', message }];
    }),
    __metadata("design:type", String)
], ParentIdentifierDto.prototype, "value", void 0);
/** The parent. */
export class ParentDto {
    /** Identifies the parent. */
    identifier;
    static _OPENAPI_METADATA_FACTORY() {
        return { identifier: { required: true, type: () => ParentIdentifierDto, description: "Identifies the parent." } };
    }
}
__decorate([
    ApiProperty({ type: ParentIdentifierDto }),
    Nested(() => ParentIdentifierDto),
    __metadata("design:type", ParentIdentifierDto)
], ParentDto.prototype, "identifier", void 0);
/** Searches for the customers below a parent or a company. Give exactly one of them. */
export class ChildrenSearchDto {
    /** The parent. Give exactly one of parent and company. */
    parent;
    /** The company. Give exactly one of parent and company. */
    company;
    /**
     * The maximum number of customers in the response.
     * @example 10
     */
    limit;
    /**
     * How many customers to skip.
     * @example 0
     */
    offset;
    /** The field by which the customers are sorted. */
    sortBy;
    /** Ascending or descending. */
    sortOrder;
    /**
     * Whether to include the number of each customer's own children.
     * @example false
     */
    includeNoOfChildren;
    /**
     * Whether to include each customer's place in the hierarchy.
     * @example false
     */
    includeCustomerAssociateDetail;
    static _OPENAPI_METADATA_FACTORY() {
        return { parent: { required: false, type: () => ParentDto, description: "The parent. Give exactly one of parent and company." }, company: { required: false, type: () => openapi_import_1.FleetCompanyDto, description: "The company. Give exactly one of parent and company." }, limit: { required: false, type: () => Number, description: "The maximum number of customers in the response.", example: 10, minimum: 1, maximum: MAX_PAGE }, offset: { required: false, type: () => Number, description: "How many customers to skip.", example: 0, minimum: 0, maximum: MAX_OFFSET }, sortBy: { required: false, description: "The field by which the customers are sorted.", enum: ["createdon", "lastUpdatedOn"], enum: ['createdon', 'lastUpdatedOn'] }, sortOrder: { required: false, description: "Ascending or descending.", enum: ["ASC", "DESC"], enum: ['ASC', 'DESC'] }, includeNoOfChildren: { required: false, type: () => Boolean, description: "Whether to include the number of each customer's own children.", example: false }, includeCustomerAssociateDetail: { required: false, type: () => Boolean, description: "Whether to include each customer's place in the hierarchy.", example: false } };
    }
}
__decorate([
    ApiPropertyOptional({ type: ParentDto }),
    Check((_parent, holder) => holder.company === undefined
        ? []
        : [{ pointer: '', message: 'cannot be combined with company' }]),
    Nested(() => ParentDto),
    ValidateIf(({ parent, company }) => parent !== undefined || company === undefined),
    __metadata("design:type", ParentDto)
], ChildrenSearchDto.prototype, "parent", void 0);
__decorate([
    Optional(),
    Nested(() => FleetCompanyDto),
    __metadata("design:type", FleetCompanyDto)
], ChildrenSearchDto.prototype, "company", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: 10 }),
    Optional(),
    Max(MAX_PAGE),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], ChildrenSearchDto.prototype, "limit", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 }),
    Optional(),
    Max(MAX_OFFSET),
    Min(0),
    IsInt(),
    __metadata("design:type", Number)
], ChildrenSearchDto.prototype, "offset", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['createdon', 'lastUpdatedOn'], example: 'createdon' }),
    Optional(),
    IsIn(['createdon', 'lastUpdatedOn']),
    __metadata("design:type", String)
], ChildrenSearchDto.prototype, "sortBy", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['ASC', 'DESC'], example: 'DESC' }),
    Optional(),
    IsIn(['ASC', 'DESC']),
    __metadata("design:type", String)
], ChildrenSearchDto.prototype, "sortOrder", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], ChildrenSearchDto.prototype, "includeNoOfChildren", void 0);
__decorate([
    Optional(),
    IsBoolean(),
    __metadata("design:type", Boolean)
], ChildrenSearchDto.prototype, "includeCustomerAssociateDetail", void 0);
//# sourceMappingURL=children-search.dto.js.map