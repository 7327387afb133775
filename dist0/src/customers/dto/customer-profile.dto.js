var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "./comm-channel.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import { MAX_NAME_LENGTH, fieldMap, fieldMapSchema, repeated, text, } from '../../validation/text.js';
import { CommChannelDto } from './comm-channel.dto.js';
import { CustomerReferenceDto } from './customer-reference.dto.js';
/** Our bound: the vendor documents none. */
export const MAX_CHANNELS = 20;
/** A customer without loyalty data. Absent fields stay unchanged; no field can be cleared. */
export class CustomerDto extends CustomerReferenceDto {
    /**
     * The first name. 1 to 100 characters.
     * @example Asha
     */
    firstName;
    /**
     * The last name. 1 to 100 characters.
     * @example Rao
     */
    lastName;
    /** Ways to reach the customer, at most 20. */
    commChannels;
    /** Custom fields of the organization: at most 100 names of 100 characters, values of at most 1,000. */
    fields;
    /** Extended fields that are enabled for the organization: at most 100 names of 100 characters, values of at most 1,000. */
    extendedFields;
    static _OPENAPI_METADATA_FACTORY() {
        return { firstName: { required: false, type: () => String, description: "The first name. 1 to 100 characters.", example: "Asha" }, lastName: { required: false, type: () => String, description: "The last name. 1 to 100 characters.", example: "Rao" }, commChannels: { required: false, type: () => [openapi_import_1.CommChannelDto], description: "Ways to reach the customer, at most 20." }, fields: { required: false, type: "object", additionalProperties: true, description: "Custom fields of the organization: at most 100 names of 100 characters, values of at most 1,000." }, extendedFields: { required: false, type: "object", additionalProperties: true, description: "Extended fields that are enabled for the organization: at most 100 names of 100 characters, values of at most 1,000." } };
    }
}
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
    Optional(),
    Check(text(MAX_NAME_LENGTH)),
    __metadata("design:type", String)
], CustomerDto.prototype, "firstName", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
    Optional(),
    Check(text(MAX_NAME_LENGTH)),
    __metadata("design:type", String)
], CustomerDto.prototype, "lastName", void 0);
__decorate([
    ApiPropertyOptional({ maxItems: MAX_CHANNELS, type: [CommChannelDto] }),
    Optional(),
    Check((list) => repeated(list, ({ type, value }) => [type, value])),
    NestedList(() => CommChannelDto, { min: 0, max: MAX_CHANNELS }),
    __metadata("design:type", Array)
], CustomerDto.prototype, "commChannels", void 0);
__decorate([
    ApiPropertyOptional(fieldMapSchema({ favoriteStore: 'Indiranagar' })),
    Optional(),
    Check(fieldMap),
    __metadata("design:type", Object)
], CustomerDto.prototype, "fields", void 0);
__decorate([
    ApiPropertyOptional(fieldMapSchema({ city: 'Bengaluru' })),
    Optional(),
    Check(fieldMap),
    __metadata("design:type", Object)
], CustomerDto.prototype, "extendedFields", void 0);
//# sourceMappingURL=customer-profile.dto.js.map