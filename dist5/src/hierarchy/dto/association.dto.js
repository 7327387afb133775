var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "../../customers/dto/customer-profile.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import { LOYALTY_TYPES } from '../../config/vendor-enums.js';
import { MAX_BATCH_UPDATES, MAX_CODE_LENGTH, text } from '../../validation/text.js';
import { CustomerDto } from '../../customers/dto/customer-profile.dto.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { customerKey } from '../../delivery/customer-key.js';
import { pointerTo } from '../../validation/json-body.js';
import { Check, Nested, NestedList, Optional } from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';
/** Our bound. The vendor accepts 30,000 children per role, but documents no bound for one call. */
export const MAX_CHILDREN = 1000;
function keysIn(list, read) {
    return (Array.isArray(list) ? list : []).flatMap((element) => {
        const [type, value] = typeof element === 'object' && element !== null ? read({ ...element }) : [];
        return typeof type === 'string' && typeof value === 'string' ? [customerKey({ type, value })] : [];
    });
}
/** Returns the keys of a customer that may not be valid. Other rules report its mistakes. */
function keysOf(customer) {
    if (typeof customer !== 'object' || customer === null)
        return [];
    const { identifiers, cards } = customer;
    return [
        ...keysIn(identifiers, ({ type, value }) => [type, value]),
        ...keysIn(cards, ({ number }) => ['cardnumber', number]),
    ];
}
/** Finds a customer among its own children, and repeated children. The vendor refuses both as a cycle (1608), which costs a call. */
function repeatedChildren(children, holder) {
    if (!Array.isArray(children))
        return [];
    const own = new Set(keysOf(holder));
    const seen = new Set();
    return children.flatMap((child, index) => {
        const pointer = pointerTo('', index);
        const keys = keysOf(child);
        if (keys.some((key) => own.has(key)))
            return [{ pointer, message: 'is the customer itself' }];
        if (keys.some((key) => seen.has(key)))
            return [{ pointer, message: 'is among the children twice' }];
        for (const key of keys)
            seen.add(key);
        return [];
    });
}
/** A company of the B2B program. */
export class FleetCompanyDto {
    /**
     * The company's id in your systems. 1 to 100 characters.
     * @example "ex917471000000"
     */
    externalId;
    static _OPENAPI_METADATA_FACTORY() {
        return { externalId: { required: true, type: () => String, description: "The company's id in your systems. 1 to 100 characters.", example: "ex917471000000" } };
    }
}
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_CODE_LENGTH }),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], FleetCompanyDto.prototype, "externalId", void 0);
/** Associates a customer with at least one of: hierarchy, role, company, parent, children. */
export class AssociationDto extends CustomerReferenceDto {
    /** Required, as the vendor requires it. A default would silently turn customers into members. */
    loyaltyType;
    /**
     * The hierarchy to associate with. 1 to 100 characters.
     * @example "code-association2"
     */
    hierarchyCode;
    /**
     * The role of the customer in that hierarchy. 1 to 100 characters.
     * @example FA
     */
    roleCode;
    /** The role of the children. 1 to 100 characters. */
    childRoleCode;
    /** The customer's parent. The vendor registers an unknown parent. Not together with childCustomers. */
    parentCustomer;
    /** The customer's children, 1 to 1,000. The vendor registers unknown children. Not together with parentCustomer. */
    childCustomers;
    /** The company of the customer. */
    fleetCompany;
    static _OPENAPI_METADATA_FACTORY() {
        return { loyaltyType: { required: true, description: "Required, as the vendor requires it. A default would silently turn customers into members.", enum: ["loyalty", "non_loyalty"], enum: LOYALTY_TYPES }, hierarchyCode: { required: false, type: () => String, description: "The hierarchy to associate with. 1 to 100 characters.", example: "code-association2" }, roleCode: { required: false, type: () => String, description: "The role of the customer in that hierarchy. 1 to 100 characters.", example: "FA" }, childRoleCode: { required: false, type: () => String, description: "The role of the children. 1 to 100 characters." }, parentCustomer: { required: false, type: () => openapi_import_1.CustomerDto, description: "The customer's parent. The vendor registers an unknown parent. Not together with childCustomers." }, childCustomers: { required: false, type: () => [openapi_import_1.CustomerDto], description: "The customer's children, 1 to 1,000. The vendor registers unknown children. Not together with parentCustomer." }, fleetCompany: { required: false, type: () => FleetCompanyDto, description: "The company of the customer." } };
    }
}
__decorate([
    ApiProperty({ enum: LOYALTY_TYPES, example: 'loyalty' }),
    Check((_value, holder) => {
        const { hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany } = holder;
        const given = [hierarchyCode, roleCode, childRoleCode, parentCustomer, childCustomers, fleetCompany];
        return given.some((one) => one !== undefined)
            ? []
            : [{ pointer: '', message: 'is not enough: give something to associate the customer with' }];
    }),
    IsIn(LOYALTY_TYPES),
    __metadata("design:type", String)
], AssociationDto.prototype, "loyaltyType", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH }),
    Optional(),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], AssociationDto.prototype, "hierarchyCode", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH }),
    Optional(),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], AssociationDto.prototype, "roleCode", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_CODE_LENGTH, example: 'FC' }),
    Optional(),
    Check(text(MAX_CODE_LENGTH)),
    __metadata("design:type", String)
], AssociationDto.prototype, "childRoleCode", void 0);
__decorate([
    Optional(),
    Check((parent, holder) => {
        const own = new Set(keysOf(holder));
        return keysOf(parent).some((key) => own.has(key))
            ? [{ pointer: '', message: 'is the customer itself' }]
            : [];
    }),
    Nested(() => CustomerDto),
    __metadata("design:type", CustomerDto)
], AssociationDto.prototype, "parentCustomer", void 0);
__decorate([
    ApiPropertyOptional({ type: [CustomerDto], minItems: 1, maxItems: MAX_CHILDREN }),
    Optional(),
    Check((_children, holder) => holder.parentCustomer === undefined
        ? []
        : [{ pointer: '', message: 'cannot be combined with parentCustomer; send two requests' }]),
    Check(repeatedChildren),
    NestedList(() => CustomerDto, { min: 1, max: MAX_CHILDREN }),
    __metadata("design:type", Array)
], AssociationDto.prototype, "childCustomers", void 0);
__decorate([
    Optional(),
    Nested(() => FleetCompanyDto),
    __metadata("design:type", FleetCompanyDto)
], AssociationDto.prototype, "fleetCompany", void 0);
/** An association as one element of a batch. */
export class AssociationElementDto extends AssociationDto {
    idempotencyKey;
    static _OPENAPI_METADATA_FACTORY() {
        return { idempotencyKey: { required: false, type: () => String } };
    }
}
__decorate([
    ItemKey(),
    __metadata("design:type", String)
], AssociationElementDto.prototype, "idempotencyKey", void 0);
/** Many associations in one request. */
export class AssociationBatchDto {
    /** 1 to 1,000 associations. */
    associations;
    static _OPENAPI_METADATA_FACTORY() {
        return { associations: { required: true, type: () => [Object], description: "1 to 1,000 associations.", minItems: 1 } };
    }
}
__decorate([
    ApiProperty({ type: [AssociationElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES }),
    ArrayMaxSize(MAX_BATCH_UPDATES),
    ArrayMinSize(1),
    IsArray(),
    __metadata("design:type", Array)
], AssociationBatchDto.prototype, "associations", void 0);
//# sourceMappingURL=association.dto.js.map