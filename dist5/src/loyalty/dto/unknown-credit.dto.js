var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "../../writes/dto/outcome.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { textMistake } from '../../validation/text.js';
import { FailedDto, RejectedDto, ReturnedIdentifierDto, UnknownDto, UpdatedDto, } from '../../writes/dto/outcome.dto.js';
import { Check, Optional } from '../../validation/validate-as.js';
/** How many credits a page has, and how many characters a note has. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
const MAX_NOTE_LENGTH = 500;
/** The form of credit ids. Ids of other forms are not found. */
export const CREDIT_ID = /^[\w:.-]{1,100}$/;
/** Which credits to list. */
export class UnknownCreditQueryDto {
    /** Whether to list credits that are still in doubt, or those that were resolved. */
    state;
    /** The maximum number of credits in the response. */
    limit = DEFAULT_PAGE;
    /** The id of the last credit of the previous page: `next` in its response. */
    after;
    static _OPENAPI_METADATA_FACTORY() {
        return { state: { required: false, description: "Whether to list credits that are still in doubt, or those that were resolved.", enum: ["unknown", "resolved"], enum: ['unknown', 'resolved'] }, limit: { required: true, type: () => Number, description: "The maximum number of credits in the response.", default: DEFAULT_PAGE, minimum: 1, maximum: MAX_PAGE }, after: { required: false, type: () => String, description: "The id of the last credit of the previous page: `next` in its response." } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: ['unknown', 'resolved'], default: 'unknown' }),
    Optional(),
    IsIn(['unknown', 'resolved']),
    __metadata("design:type", String)
], UnknownCreditQueryDto.prototype, "state", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
    Optional(),
    Type(() => Number),
    Max(MAX_PAGE),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], UnknownCreditQueryDto.prototype, "limit", void 0);
__decorate([
    ApiPropertyOptional({ maxLength: 100, pattern: CREDIT_ID.source }),
    Optional(),
    Matches(CREDIT_ID, { message: 'must be an id of 1 to 100 characters' }),
    __metadata("design:type", String)
], UnknownCreditQueryDto.prototype, "after", void 0);
/** Resolves a credit in doubt. */
export class ResolutionDto {
    /** `applied`: the points were credited; this closes the credit. `not-applied`: they were not; this sends them again. */
    resolution;
    /**
     * The evidence, 1 to 500 characters, stored with the credit. It must not contain personal data.
     * @example "seen in the points ledger"
     */
    note;
    static _OPENAPI_METADATA_FACTORY() {
        return { resolution: { required: true, description: "`applied`: the points were credited; this closes the credit. `not-applied`: they were not; this sends them again.", enum: ["applied", "not-applied"], enum: ['applied', 'not-applied'] }, note: { required: true, type: () => String, description: "The evidence, 1 to 500 characters, stored with the credit. It must not contain personal data.", example: "seen in the points ledger" } };
    }
}
__decorate([
    ApiProperty({ enum: ['applied', 'not-applied'], example: 'applied' }),
    IsIn(['applied', 'not-applied']),
    __metadata("design:type", String)
], ResolutionDto.prototype, "resolution", void 0);
__decorate([
    ApiProperty({ minLength: 1, maxLength: MAX_NOTE_LENGTH }),
    Check((value) => {
        const message = textMistake(value, MAX_NOTE_LENGTH);
        return message === undefined ? [] : [{ pointer: '', message }];
    }),
    __metadata("design:type", String)
], ResolutionDto.prototype, "note", void 0);
/** A credit that may or may not have been applied, until it is resolved. */
export class UnknownCreditDto {
    /**
     * Its id: the creditId of the outcome.
     * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
     */
    id;
    /** Whether the credit is still in doubt. */
    state;
    /** The identifiers of the customer in the update; absent after the credit was resolved, or the customer was erased. */
    identifiers;
    /**
     * Points in doubt, the sum over all programs.
     * @example 75
     */
    points;
    /**
     * The source of the customer.
     * @example "INSTORE"
     */
    source;
    /**
     * The account within the source.
     * @example "WECHAT-CM"
     */
    accountId;
    /**
     * Why the credit is in doubt: one of a fixed list of reasons.
     * @example "connection-lost"
     */
    reason;
    /**
     * The vendor's id of the call, if it returned one.
     * @example "efcd0852-3b5c-4d71-bcdd-4dec239ef32f"
     */
    upstreamRequestId;
    /** When the credit was last sent. */
    sentAt;
    /** How the credit was resolved. */
    resolution;
    /**
     * The evidence for the resolution.
     * @example "seen in the points ledger"
     */
    note;
    /** When the credit was resolved. */
    resolvedAt;
    /**
     * The id of the credit with which the points were sent again.
     * @example "c61c1a1d-2f57-4b43-8a3f-7d1a5a3f2e90"
     */
    resentAs;
    static _OPENAPI_METADATA_FACTORY() {
        return { id: { required: true, type: () => String, description: "Its id: the creditId of the outcome.", example: "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b" }, state: { required: true, type: () => String, description: "Whether the credit is still in doubt." }, identifiers: { required: false, type: () => [openapi_import_1.ReturnedIdentifierDto], description: "The identifiers of the customer in the update; absent after the credit was resolved, or the customer was erased." }, points: { required: true, type: () => Number, description: "Points in doubt, the sum over all programs.", example: 75 }, source: { required: true, type: () => String, description: "The source of the customer.", example: "INSTORE" }, accountId: { required: false, type: () => String, description: "The account within the source.", example: "WECHAT-CM" }, reason: { required: false, type: () => String, description: "Why the credit is in doubt: one of a fixed list of reasons.", example: "connection-lost" }, upstreamRequestId: { required: false, type: () => String, description: "The vendor's id of the call, if it returned one.", example: "efcd0852-3b5c-4d71-bcdd-4dec239ef32f" }, sentAt: { required: false, type: () => String, description: "When the credit was last sent." }, resolution: { required: false, type: () => String, description: "How the credit was resolved." }, note: { required: false, type: () => String, description: "The evidence for the resolution.", example: "seen in the points ledger" }, resolvedAt: { required: false, type: () => String, description: "When the credit was resolved." }, resentAs: { required: false, type: () => String, description: "The id of the credit with which the points were sent again.", example: "c61c1a1d-2f57-4b43-8a3f-7d1a5a3f2e90" } };
    }
}
__decorate([
    ApiProperty({ enum: ['unknown', 'resolved'], example: 'unknown' }),
    __metadata("design:type", String)
], UnknownCreditDto.prototype, "state", void 0);
__decorate([
    ApiPropertyOptional({ type: [ReturnedIdentifierDto] }),
    __metadata("design:type", Array)
], UnknownCreditDto.prototype, "identifiers", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], UnknownCreditDto.prototype, "points", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], UnknownCreditDto.prototype, "sentAt", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['applied', 'not-applied'], example: 'applied' }),
    __metadata("design:type", String)
], UnknownCreditDto.prototype, "resolution", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], UnknownCreditDto.prototype, "resolvedAt", void 0);
/** A page of credits, oldest first. */
export class UnknownCreditsDto {
    /** The credits, oldest first. */
    credits;
    /**
     * The value of `after` for the next page; absent on the last page.
     * @example "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b"
     */
    next;
    static _OPENAPI_METADATA_FACTORY() {
        return { credits: { required: true, type: () => [UnknownCreditDto], description: "The credits, oldest first." }, next: { required: false, type: () => String, description: "The value of `after` for the next page; absent on the last page.", example: "5a0d3c1e-7d0c-4a4e-9a58-9d5c0f4f6f0b" } };
    }
}
/** A credit that has been resolved. */
export class ResolvedCreditDto {
    /** The credit after the resolution. */
    credit;
    /** The outcome of sending the points again. */
    outcome;
    static _OPENAPI_METADATA_FACTORY() {
        return { credit: { required: true, type: () => UnknownCreditDto, description: "The credit after the resolution." }, outcome: { required: false, type: () => Object, description: "The outcome of sending the points again." } };
    }
}
__decorate([
    ApiPropertyOptional({
        oneOf: [UpdatedDto, RejectedDto, FailedDto, UnknownDto].map((dto) => ({ $ref: getSchemaPath(dto) })),
    }),
    __metadata("design:type", Object)
], ResolvedCreditDto.prototype, "outcome", void 0);
//# sourceMappingURL=unknown-credit.dto.js.map