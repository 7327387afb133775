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
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, Max, Min } from 'class-validator';
import { MAX_BATCH_UPDATES, dateTime, repeated } from '../../validation/text.js';
import { CustomerReferenceDto } from '../../customers/dto/customer-reference.dto.js';
import { Check, NestedList, Optional } from '../../validation/validate-as.js';
import { ItemKey } from '../../writes/idempotency/item-key.decorator.js';
/** Our bound: the vendor documents none. */
export const MAX_PROGRAMS = 20;
/** Rejects a date in the past before it costs a call: the vendor refuses it (1214 to 1217). */
const futureDateTime = (value, holder) => {
    const mistakes = dateTime(value, holder);
    if (mistakes.length > 0 || Date.parse(String(value)) > Date.now())
        return mistakes;
    return [{ pointer: '', message: 'must not be in the past' }];
};
/** Enrollment in one program. The vendor does not update the details of an existing enrollment. */
export class ProgramDto {
    /**
     * The program to enroll in.
     * @example 1016
     */
    programId;
    /**
     * The tier to start in; 1 is the lowest.
     * @example 2
     */
    tierNumber;
    /**
     * Points that each request CREDITS to the account. With points above 0, an update is not sent again if its answer is lost.
     * @example 75
     */
    loyaltyPoints;
    /**
     * When the tier expires: a date-time to the second with an offset, not in the past.
     * @example "2099-02-11T16:36:17+05:30"
     */
    tierExpiryDate;
    /**
     * When the points expire: a date-time to the second with an offset, not in the past. Only with loyaltyPoints above 0.
     * @example "2099-02-11T16:36:17+05:30"
     */
    pointsExpiryDate;
    static _OPENAPI_METADATA_FACTORY() {
        return { programId: { required: true, type: () => Number, description: "The program to enroll in.", example: 1016, minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, tierNumber: { required: false, type: () => Number, description: "The tier to start in; 1 is the lowest.", example: 2, minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, loyaltyPoints: { required: false, type: () => Number, description: "Points that each request CREDITS to the account. With points above 0, an update is not sent again if its answer is lost.", example: 75, minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, tierExpiryDate: { required: false, type: () => String, description: "When the tier expires: a date-time to the second with an offset, not in the past.", example: "2099-02-11T16:36:17+05:30" }, pointsExpiryDate: { required: false, type: () => String, description: "When the points expire: a date-time to the second with an offset, not in the past. Only with loyaltyPoints above 0.", example: "2099-02-11T16:36:17+05:30" } };
    }
}
__decorate([
    ApiProperty({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    Max(Number.MAX_SAFE_INTEGER),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], ProgramDto.prototype, "programId", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    Optional(),
    Max(Number.MAX_SAFE_INTEGER),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], ProgramDto.prototype, "tierNumber", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    Optional(),
    Max(Number.MAX_SAFE_INTEGER),
    Min(0),
    IsInt(),
    __metadata("design:type", Number)
], ProgramDto.prototype, "loyaltyPoints", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    Optional(),
    Check(futureDateTime),
    __metadata("design:type", String)
], ProgramDto.prototype, "tierExpiryDate", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    Optional(),
    Check((value, holder) => {
        const mistakes = futureDateTime(value, holder);
        if (mistakes.length > 0)
            return mistakes;
        const { loyaltyPoints = 0 } = holder;
        return loyaltyPoints > 0 ? [] : [{ pointer: '', message: 'is only for loyaltyPoints above 0' }];
    }),
    __metadata("design:type", String)
], ProgramDto.prototype, "pointsExpiryDate", void 0);
/** Enrolls a customer in one or more programs. The customer becomes a loyalty customer. */
export class EnrollmentDto extends CustomerReferenceDto {
    /** 1 to 20 programs, each at most once. */
    programs;
    static _OPENAPI_METADATA_FACTORY() {
        return { programs: { required: true, type: () => [ProgramDto], description: "1 to 20 programs, each at most once." } };
    }
}
__decorate([
    ApiProperty({ type: [ProgramDto], minItems: 1, maxItems: MAX_PROGRAMS }),
    Check((list) => repeated(list, ({ programId }) => [programId]).map(({ pointer, message }) => ({
        pointer: `${pointer}/programId`,
        message,
    }))),
    NestedList(() => ProgramDto, { min: 1, max: MAX_PROGRAMS }),
    __metadata("design:type", Array)
], EnrollmentDto.prototype, "programs", void 0);
/** An enrollment as one element of a batch. */
export class EnrollmentElementDto extends EnrollmentDto {
    idempotencyKey;
    static _OPENAPI_METADATA_FACTORY() {
        return { idempotencyKey: { required: false, type: () => String } };
    }
}
__decorate([
    ItemKey(),
    __metadata("design:type", String)
], EnrollmentElementDto.prototype, "idempotencyKey", void 0);
/** Many enrollments in one request. */
export class EnrollmentBatchDto {
    /** 1 to 1,000 enrollments. */
    enrollments;
    static _OPENAPI_METADATA_FACTORY() {
        return { enrollments: { required: true, type: () => [Object], description: "1 to 1,000 enrollments.", minItems: 1 } };
    }
}
__decorate([
    ApiProperty({ type: [EnrollmentElementDto], minItems: 1, maxItems: MAX_BATCH_UPDATES }),
    ArrayMaxSize(MAX_BATCH_UPDATES),
    ArrayMinSize(1),
    IsArray(),
    __metadata("design:type", Array)
], EnrollmentBatchDto.prototype, "enrollments", void 0);
//# sourceMappingURL=enrollment.dto.js.map