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
/** What all updates of one bulk call share. */
export class LaneDto {
    /**
     * The source in which the customer is updated.
     * @example "INSTORE"
     */
    source;
    /**
     * The account within the source.
     * @example "WECHAT-CM"
     */
    accountId;
    /**
     * What the attribution code is a code of.
     * @example "TILL"
     */
    attributionType;
    /**
     * The till or store that the update is attributed to.
     * @example "till-7"
     */
    attributionCode;
    /** Customers and associations have lanes of their own, as the vendor may bound their calls differently. */
    kind;
    static _OPENAPI_METADATA_FACTORY() {
        return { source: { required: true, type: () => String, description: "The source in which the customer is updated.", example: "INSTORE" }, accountId: { required: false, type: () => String, description: "The account within the source.", example: "WECHAT-CM" }, attributionType: { required: false, type: () => String, description: "What the attribution code is a code of.", example: "TILL" }, attributionCode: { required: false, type: () => String, description: "The till or store that the update is attributed to.", example: "till-7" }, kind: { required: true, type: () => String, description: "Customers and associations have lanes of their own, as the vendor may bound their calls differently." } };
    }
}
__decorate([
    ApiProperty({ enum: ['customer', 'association'], example: 'customer' }),
    __metadata("design:type", String)
], LaneDto.prototype, "kind", void 0);
/** One thing that happened to the update. */
export class StepDto {
    /**
     * Milliseconds since it was submitted.
     * @example 3
     */
    afterMs;
    /** What happened. */
    event;
    /**
     * Id of the bulk call, as in the logs.
     * @example "0f8fad5b-d9cb-469f-a165-70867728950e"
     */
    callId;
    /** Why it was in that call. */
    purpose;
    /**
     * How many updates the call carried.
     * @example 12
     */
    itemCount;
    /**
     * How long it waited before its first call, or will wait before the next.
     * @example 3
     */
    waitMs;
    /**
     * How long the call took.
     * @example 121
     */
    durationMs;
    /**
     * How the call ended.
     * @example "not-processed: rate-limited"
     */
    answer;
    /**
     * The row of the answer rules, or the rows of the code catalog, that decided.
     * @example "8015: customer-not-found (404)"
     */
    decidedBy;
    /**
     * The vendor's id of the call.
     * @example "a6f0c2d1"
     */
    upstreamRequestId;
    /**
     * Why, in fixed words.
     * @example "failed: customer-busy"
     */
    because;
    /** The outcome, where it was settled. */
    outcome;
    /**
     * Why it was not applied, or why that is unknown.
     * @example "connection-lost"
     */
    reason;
    static _OPENAPI_METADATA_FACTORY() {
        return { afterMs: { required: true, type: () => Number, description: "Milliseconds since it was submitted.", example: 3 }, event: { required: true, type: () => String, description: "What happened." }, callId: { required: false, type: () => String, description: "Id of the bulk call, as in the logs.", example: "0f8fad5b-d9cb-469f-a165-70867728950e" }, purpose: { required: false, type: () => String, description: "Why it was in that call." }, itemCount: { required: false, type: () => Number, description: "How many updates the call carried.", example: 12 }, waitMs: { required: false, type: () => Number, description: "How long it waited before its first call, or will wait before the next.", example: 3 }, durationMs: { required: false, type: () => Number, description: "How long the call took.", example: 121 }, answer: { required: false, type: () => String, description: "How the call ended.", example: "not-processed: rate-limited" }, decidedBy: { required: false, type: () => String, description: "The row of the answer rules, or the rows of the code catalog, that decided.", example: "8015: customer-not-found (404)" }, upstreamRequestId: { required: false, type: () => String, description: "The vendor's id of the call.", example: "a6f0c2d1" }, because: { required: false, type: () => String, description: "Why, in fixed words.", example: "failed: customer-busy" }, outcome: { required: false, type: () => String, description: "The outcome, where it was settled." }, reason: { required: false, type: () => String, description: "Why it was not applied, or why that is unknown.", example: "connection-lost" } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], StepDto.prototype, "afterMs", void 0);
__decorate([
    ApiProperty({
        enum: [
            'sent',
            'answered',
            'classified',
            'waits-for-retry',
            'not-sent-again',
            'isolation-begun',
            'isolated',
            'points-taken-out',
            'settled',
        ],
        example: 'sent',
    }),
    __metadata("design:type", String)
], StepDto.prototype, "event", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['first', 'retry', 'isolation', 'without-points'], example: 'first' }),
    __metadata("design:type", String)
], StepDto.prototype, "purpose", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], StepDto.prototype, "itemCount", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], StepDto.prototype, "waitMs", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], StepDto.prototype, "durationMs", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['updated', 'rejected', 'failed', 'unknown'], example: 'updated' }),
    __metadata("design:type", String)
], StepDto.prototype, "outcome", void 0);
/** How an update ended and why, without personal data. */
export class ExplanationDto {
    /**
     * The updateId of the outcome.
     * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
     */
    id;
    /**
     * When it was submitted.
     * @example "2026-11-23T08:15:30.000Z"
     */
    submittedAt;
    /** Whether a caller waits for it, or a job that can wait. */
    priority;
    /** What it shares with the updates that may be in the same calls. */
    lane;
    /** What happened to it, in order; the middle of a very long list is left out. */
    steps;
    static _OPENAPI_METADATA_FACTORY() {
        return { id: { required: true, type: () => String, description: "The updateId of the outcome.", example: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, submittedAt: { required: true, type: () => String, description: "When it was submitted.", example: "2026-11-23T08:15:30.000Z" }, priority: { required: true, type: () => String, description: "Whether a caller waits for it, or a job that can wait." }, lane: { required: true, type: () => LaneDto, description: "What it shares with the updates that may be in the same calls." }, steps: { required: true, type: () => [StepDto], description: "What happened to it, in order; the middle of a very long list is left out." } };
    }
}
__decorate([
    ApiProperty({ type: 'string', format: 'date-time' }),
    __metadata("design:type", String)
], ExplanationDto.prototype, "submittedAt", void 0);
__decorate([
    ApiProperty({ enum: ['interactive', 'background'], example: 'interactive' }),
    __metadata("design:type", String)
], ExplanationDto.prototype, "priority", void 0);
//# sourceMappingURL=explanation.dto.js.map