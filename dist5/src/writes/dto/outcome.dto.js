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
import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
/** An identifier as the vendor returns it. */
export class ReturnedIdentifierDto {
    /**
     * Kind of identifier, in the vendor's word.
     * @example mobile
     */
    type;
    /**
     * As the vendor has it.
     * @example "919900000001"
     */
    value;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, type: () => String, description: "Kind of identifier, in the vendor's word.", example: "mobile" }, value: { required: true, type: () => String, description: "As the vendor has it.", example: "919900000001" } };
    }
}
/** A warning: the update was applied, and something beside it was not. */
export class WarningDto {
    /**
     * The vendor's code.
     * @example 19223
     */
    code;
    /**
     * The vendor's message, without personal data.
     * @example "Points processing failed"
     */
    message;
    static _OPENAPI_METADATA_FACTORY() {
        return { code: { required: true, type: () => Number, description: "The vendor's code.", example: 19223 }, message: { required: true, type: () => String, description: "The vendor's message, without personal data.", example: "Points processing failed" } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], WarningDto.prototype, "code", void 0);
/** Why an update was rejected or failed: an error of the vendor, or a mistake in the item itself. */
export class OutcomeErrorDto {
    /**
     * The vendor's code; absent for an item that was not valid and never sent.
     * @example 8015
     */
    code;
    /**
     * For an item that was not valid, JSON Pointer to the mistake.
     * @example "/customers/3/identifiers/0/value"
     */
    pointer;
    /**
     * What is wrong: the vendor's message without personal data, or ours.
     * @example "customer not found in this source"
     */
    message;
    /**
     * Path of the page that explains it.
     * @example "/problems/customer-not-found"
     */
    type;
    /**
     * The status that a request for this update alone would have got.
     * @example 404
     */
    status;
    static _OPENAPI_METADATA_FACTORY() {
        return { code: { required: false, type: () => Number, description: "The vendor's code; absent for an item that was not valid and never sent.", example: 8015 }, pointer: { required: false, type: () => String, description: "For an item that was not valid, JSON Pointer to the mistake.", example: "/customers/3/identifiers/0/value" }, message: { required: true, type: () => String, description: "What is wrong: the vendor's message without personal data, or ours.", example: "customer not found in this source" }, type: { required: true, type: () => String, description: "Path of the page that explains it.", example: "/problems/customer-not-found" }, status: { required: true, type: () => Number, description: "The status that a request for this update alone would have got.", example: 404 } };
    }
}
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], OutcomeErrorDto.prototype, "code", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], OutcomeErrorDto.prototype, "status", void 0);
/** What became of a child of the update. */
export class ChildOutcomeDto {
    /**
     * Position of the child in the update.
     * @example 0
     */
    index;
    /** What became of the child. */
    outcome;
    /**
     * The vendor's id of the child, where it returns one.
     * @example 409966468
     */
    customerId;
    /** All identifiers of the child that the vendor returns. */
    identifiers;
    /** Why it was not updated. */
    errors;
    /** What failed beside it. */
    warnings;
    static _OPENAPI_METADATA_FACTORY() {
        return { index: { required: true, type: () => Number, description: "Position of the child in the update.", example: 0 }, outcome: { required: true, description: "What became of the child.", enum: ["updated", "rejected", "failed", "unknown"] }, customerId: { required: false, type: () => Number, description: "The vendor's id of the child, where it returns one.", example: 409966468 }, identifiers: { required: true, type: () => [ReturnedIdentifierDto], description: "All identifiers of the child that the vendor returns." }, errors: { required: true, type: () => [OutcomeErrorDto], description: "Why it was not updated." }, warnings: { required: true, type: () => [WarningDto], description: "What failed beside it." } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ChildOutcomeDto.prototype, "index", void 0);
__decorate([
    ApiProperty({ enum: ['updated', 'rejected', 'failed', 'unknown'], example: 'updated' }),
    __metadata("design:type", String)
], ChildOutcomeDto.prototype, "outcome", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ChildOutcomeDto.prototype, "customerId", void 0);
class SentDto {
    /**
     * Ours; `GET /v1/updates/{id}` explains under it what became of the update and why, for a while. Absent for an item
     * that was not valid.
     * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
     */
    updateId;
    /**
     * Whether the points were credited; absent where the update asked for none. `unknown`: the vendor could not say, or
     * its answer was lost, so look at the account before crediting again.
     */
    pointsCredited;
    /**
     * Where that is unknown: under which `GET /v1/loyalty/unknown-credits` lists the credit, and it is resolved.
     * @example "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI"
     */
    creditId;
    /**
     * Position of the update in the request; in batches only.
     * @example 0
     */
    index;
    /**
     * True where this is the earlier outcome under the `idempotencyKey` of the item, and nothing was sent now.
     * @example true
     */
    replayed;
    /**
     * How many bulk calls carried the update.
     * @example 1
     */
    attempts;
    /**
     * The vendor's id of the last of them.
     * @example "a6f0c2d1"
     */
    upstreamRequestId;
    static _OPENAPI_METADATA_FACTORY() {
        return { updateId: { required: false, type: () => String, description: "Ours; `GET /v1/updates/{id}` explains under it what became of the update and why, for a while. Absent for an item\nthat was not valid.", example: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, pointsCredited: { required: false, description: "Whether the points were credited; absent where the update asked for none. `unknown`: the vendor could not say, or\nits answer was lost, so look at the account before crediting again.", enum: ["unknown", "yes", "no"] }, creditId: { required: false, type: () => String, description: "Where that is unknown: under which `GET /v1/loyalty/unknown-credits` lists the credit, and it is resolved.", example: "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI" }, index: { required: false, type: () => Number, description: "Position of the update in the request; in batches only.", example: 0 }, replayed: { required: false, type: () => Boolean, description: "True where this is the earlier outcome under the `idempotencyKey` of the item, and nothing was sent now.", example: true }, attempts: { required: true, type: () => Number, description: "How many bulk calls carried the update.", example: 1 }, upstreamRequestId: { required: false, type: () => String, description: "The vendor's id of the last of them.", example: "a6f0c2d1" } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: ['yes', 'no', 'unknown'], example: 'yes' }),
    __metadata("design:type", String)
], SentDto.prototype, "pointsCredited", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], SentDto.prototype, "index", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SentDto.prototype, "attempts", void 0);
/** The vendor says so, perhaps with warnings. */
export class UpdatedDto extends SentDto {
    /** What became of the update. */
    outcome;
    /**
     * The vendor's id of the customer, where it returns one.
     * @example 409966467
     */
    customerId;
    /** All identifiers of the customer that the vendor returns. */
    identifiers;
    /** What failed beside the update, which was applied. */
    warnings;
    /** One outcome per child, in the order sent. */
    children;
    static _OPENAPI_METADATA_FACTORY() {
        return { outcome: { required: true, description: "What became of the update.", enum: ["updated"] }, customerId: { required: false, type: () => Number, description: "The vendor's id of the customer, where it returns one.", example: 409966467 }, identifiers: { required: true, type: () => [ReturnedIdentifierDto], description: "All identifiers of the customer that the vendor returns." }, warnings: { required: true, type: () => [WarningDto], description: "What failed beside the update, which was applied." }, children: { required: true, type: () => [ChildOutcomeDto], description: "One outcome per child, in the order sent." } };
    }
}
__decorate([
    ApiProperty({ enum: ['updated'], example: 'updated' }),
    __metadata("design:type", String)
], UpdatedDto.prototype, "outcome", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], UpdatedDto.prototype, "customerId", void 0);
/** Refused for good, by us or by the vendor: unchanged, it would be refused again. */
export class RejectedDto extends SentDto {
    /** What became of the update. */
    outcome;
    /** All that is wrong with it. */
    errors;
    static _OPENAPI_METADATA_FACTORY() {
        return { outcome: { required: true, description: "What became of the update.", enum: ["rejected"] }, errors: { required: true, type: () => [OutcomeErrorDto], description: "All that is wrong with it." } };
    }
}
__decorate([
    ApiProperty({ enum: ['rejected'], example: 'rejected' }),
    __metadata("design:type", String)
], RejectedDto.prototype, "outcome", void 0);
/** Not applied: it may be sent again. */
export class FailedDto extends SentDto {
    /** What became of the update. */
    outcome;
    /**
     * How the last attempt ended.
     * @example "several actions are running for the same customer"
     */
    reason;
    /**
     * Path of the page that explains it.
     * @example "/problems/customer-busy"
     */
    type;
    /**
     * Nothing was changed, so it may be sent again.
     * @example true
     */
    retryable;
    /** All that is wrong with it. */
    errors;
    static _OPENAPI_METADATA_FACTORY() {
        return { outcome: { required: true, description: "What became of the update.", enum: ["failed"] }, reason: { required: true, type: () => String, description: "How the last attempt ended.", example: "several actions are running for the same customer" }, type: { required: true, type: () => String, description: "Path of the page that explains it.", example: "/problems/customer-busy" }, retryable: { required: true, type: () => Boolean, description: "Nothing was changed, so it may be sent again.", example: true }, errors: { required: true, type: () => [OutcomeErrorDto], description: "All that is wrong with it." } };
    }
}
__decorate([
    ApiProperty({ enum: ['failed'], example: 'failed' }),
    __metadata("design:type", String)
], FailedDto.prototype, "outcome", void 0);
/** May or may not have been applied. */
export class UnknownDto extends SentDto {
    /** What became of the update. */
    outcome;
    /**
     * Why the outcome is unknown.
     * @example "connection lost after the call was written"
     */
    reason;
    /**
     * Whether the same update may be sent again without harm.
     * @example true
     */
    retryable;
    /** What the vendor says of a later attempt: it does not prove that an earlier one was not applied. */
    errors;
    /** Set where it was sent again without its points, and the vendor says that everything else was applied. */
    applied;
    static _OPENAPI_METADATA_FACTORY() {
        return { outcome: { required: true, description: "What became of the update.", enum: ["unknown"] }, reason: { required: true, type: () => String, description: "Why the outcome is unknown.", example: "connection lost after the call was written" }, retryable: { required: true, type: () => Boolean, description: "Whether the same update may be sent again without harm.", example: true }, errors: { required: false, type: () => [OutcomeErrorDto], description: "What the vendor says of a later attempt: it does not prove that an earlier one was not applied." }, applied: { required: false, description: "Set where it was sent again without its points, and the vendor says that everything else was applied.", enum: ["all-but-points"] } };
    }
}
__decorate([
    ApiProperty({ enum: ['unknown'], example: 'unknown' }),
    __metadata("design:type", String)
], UnknownDto.prototype, "outcome", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['all-but-points'], example: 'all-but-points' }),
    __metadata("design:type", String)
], UnknownDto.prototype, "applied", void 0);
/** How many updates came to what. */
export class SummaryDto {
    /**
     * How many updates the request held.
     * @example 2
     */
    total;
    /**
     * How many were updated.
     * @example 1
     */
    updated;
    /**
     * How many were rejected, by us or by the vendor.
     * @example 1
     */
    rejected;
    /**
     * How many were not applied and may be sent again.
     * @example 0
     */
    failed;
    /**
     * How many may or may not have been applied.
     * @example 0
     */
    unknown;
    static _OPENAPI_METADATA_FACTORY() {
        return { total: { required: true, type: () => Number, description: "How many updates the request held.", example: 2 }, updated: { required: true, type: () => Number, description: "How many were updated.", example: 1 }, rejected: { required: true, type: () => Number, description: "How many were rejected, by us or by the vendor.", example: 1 }, failed: { required: true, type: () => Number, description: "How many were not applied and may be sent again.", example: 0 }, unknown: { required: true, type: () => Number, description: "How many may or may not have been applied.", example: 0 } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SummaryDto.prototype, "total", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SummaryDto.prototype, "updated", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SummaryDto.prototype, "rejected", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SummaryDto.prototype, "failed", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], SummaryDto.prototype, "unknown", void 0);
/** The answer to many updates. */
export class BatchAnswerDto {
    /** How many updates came to what. */
    summary;
    /** One outcome per update, in the order sent. */
    outcomes;
    static _OPENAPI_METADATA_FACTORY() {
        return { summary: { required: true, type: () => SummaryDto, description: "How many updates came to what." }, outcomes: { required: true, type: () => [Object], description: "One outcome per update, in the order sent." } };
    }
}
__decorate([
    ApiProperty({
        type: 'array',
        items: {
            oneOf: [UpdatedDto, RejectedDto, FailedDto, UnknownDto].map((dto) => ({ $ref: getSchemaPath(dto) })),
            discriminator: {
                propertyName: 'outcome',
                mapping: {
                    updated: getSchemaPath(UpdatedDto),
                    rejected: getSchemaPath(RejectedDto),
                    failed: getSchemaPath(FailedDto),
                    unknown: getSchemaPath(UnknownDto),
                },
            },
        },
    }),
    __metadata("design:type", Array)
], BatchAnswerDto.prototype, "outcomes", void 0);
//# sourceMappingURL=outcome.dto.js.map