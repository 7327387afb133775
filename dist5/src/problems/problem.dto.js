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
import { PROBLEM_PAGES } from './problem-catalog.js';
/** One mistake of the request, or one error of the vendor. */
export class ProblemErrorDto {
    /**
     * JSON Pointer (RFC 6901) to the mistake in the body.
     * @example "/customers/3/identifiers/0/value"
     */
    pointer;
    /**
     * Name of the query parameter with the mistake.
     * @example accountId
     */
    parameter;
    /**
     * Name of the header with the mistake.
     * @example Request-Timeout
     */
    header;
    /**
     * The vendor's code.
     * @example 8015
     */
    code;
    /**
     * What is wrong, without a value of the request.
     * @example "must be 7 to 15 digits with the country code, without + or zeros in front"
     */
    message;
    /**
     * Path of the page that explains the vendor's code.
     * @example "/problems/customer-not-found"
     */
    type;
    /**
     * HTTP status.
     * @example 404
     */
    status;
    static _OPENAPI_METADATA_FACTORY() {
        return { pointer: { required: false, type: () => String, description: "JSON Pointer (RFC 6901) to the mistake in the body.", example: "/customers/3/identifiers/0/value" }, parameter: { required: false, type: () => String, description: "Name of the query parameter with the mistake.", example: "accountId" }, header: { required: false, type: () => String, description: "Name of the header with the mistake.", example: "Request-Timeout" }, code: { required: false, type: () => Number, description: "The vendor's code.", example: 8015 }, message: { required: true, type: () => String, description: "What is wrong, without a value of the request.", example: "must be 7 to 15 digits with the country code, without + or zeros in front" }, type: { required: false, type: () => String, description: "Path of the page that explains the vendor's code.", example: "/problems/customer-not-found" }, status: { required: false, type: () => Number, description: "HTTP status.", example: 404 } };
    }
}
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemErrorDto.prototype, "code", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemErrorDto.prototype, "status", void 0);
/** Any failure: RFC 9457, `application/problem+json`. */
export class ProblemDto {
    /** Path of the page that explains this type of problem and what to do. */
    type;
    /**
     * A short description of the type.
     * @example "There is no such customer"
     */
    title;
    /**
     * HTTP status.
     * @example 404
     */
    status;
    /**
     * A description of this case.
     * @example "customer not found in this source"
     */
    detail;
    /**
     * The id of this request in the log; also in X-Request-Id.
     * @example "5d0c1f5e-53a5-4f0f-9a3c-0b3b9a3f8f10"
     */
    requestId;
    /** Every mistake at once, or every error of the vendor. */
    errors;
    /**
     * The vendor's code, if one decided.
     * @example 8015
     */
    code;
    /** The outcome of the update; absent if the request was rejected before one was read. */
    outcome;
    /**
     * Whether the same update may be sent again without harm.
     * @example false
     */
    retryable;
    /**
     * How the last attempt ended.
     * @example "connection lost after the call was written"
     */
    reason;
    /**
     * Our id of the update; for a while, `GET /v1/updates/{id}` explains what happened to it and why.
     * @example "7c9e6679-7425-40de-944b-e07fc1f90ae7"
     */
    updateId;
    /** Set if the update was sent again without its points, and the vendor confirmed everything else. */
    applied;
    /** Whether the points were credited; absent if the update has none. */
    pointsCredited;
    /**
     * The id of the credit in `GET /v1/loyalty/unknown-credits`, if it is unknown whether the points were credited.
     * @example "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI"
     */
    creditId;
    /**
     * For `points-limit`: how many points the key may still credit today.
     * @example 250
     */
    pointsLeft;
    /** For `points-limit`: when that day ends, and the whole maximum is available again. */
    dayEndsAt;
    /**
     * How many bulk calls carried the update.
     * @example 1
     */
    attempts;
    /**
     * The vendor's id of the last bulk call.
     * @example "a6f0c2d1"
     */
    upstreamRequestId;
    static _OPENAPI_METADATA_FACTORY() {
        return { type: { required: true, type: () => String, description: "Path of the page that explains this type of problem and what to do." }, title: { required: true, type: () => String, description: "A short description of the type.", example: "There is no such customer" }, status: { required: true, type: () => Number, description: "HTTP status.", example: 404 }, detail: { required: true, type: () => String, description: "A description of this case.", example: "customer not found in this source" }, requestId: { required: true, type: () => String, description: "The id of this request in the log; also in X-Request-Id.", example: "5d0c1f5e-53a5-4f0f-9a3c-0b3b9a3f8f10" }, errors: { required: false, type: () => [ProblemErrorDto], description: "Every mistake at once, or every error of the vendor." }, code: { required: false, type: () => Number, description: "The vendor's code, if one decided.", example: 8015 }, outcome: { required: false, type: () => String, description: "The outcome of the update; absent if the request was rejected before one was read." }, retryable: { required: false, type: () => Boolean, description: "Whether the same update may be sent again without harm.", example: false }, reason: { required: false, type: () => String, description: "How the last attempt ended.", example: "connection lost after the call was written" }, updateId: { required: false, type: () => String, description: "Our id of the update; for a while, `GET /v1/updates/{id}` explains what happened to it and why.", example: "7c9e6679-7425-40de-944b-e07fc1f90ae7" }, applied: { required: false, type: () => String, description: "Set if the update was sent again without its points, and the vendor confirmed everything else." }, pointsCredited: { required: false, type: () => String, description: "Whether the points were credited; absent if the update has none." }, creditId: { required: false, type: () => String, description: "The id of the credit in `GET /v1/loyalty/unknown-credits`, if it is unknown whether the points were credited.", example: "key:Yq3mZ0x6Jd1cV8yq7p0nLr2sT4uW6xA8bC1dE3fG5hI" }, pointsLeft: { required: false, type: () => Number, description: "For `points-limit`: how many points the key may still credit today.", example: 250 }, dayEndsAt: { required: false, type: () => String, description: "For `points-limit`: when that day ends, and the whole maximum is available again." }, attempts: { required: false, type: () => Number, description: "How many bulk calls carried the update.", example: 1 }, upstreamRequestId: { required: false, type: () => String, description: "The vendor's id of the last bulk call.", example: "a6f0c2d1" } };
    }
}
__decorate([
    ApiProperty({
        enum: Object.keys(PROBLEM_PAGES).map((type) => `/problems/${type}`),
        example: '/problems/customer-not-found',
    }),
    __metadata("design:type", String)
], ProblemDto.prototype, "type", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemDto.prototype, "status", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemDto.prototype, "code", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['rejected', 'failed', 'unknown'], example: 'rejected' }),
    __metadata("design:type", String)
], ProblemDto.prototype, "outcome", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['all-but-points'], example: 'all-but-points' }),
    __metadata("design:type", String)
], ProblemDto.prototype, "applied", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['no', 'unknown'], example: 'unknown' }),
    __metadata("design:type", String)
], ProblemDto.prototype, "pointsCredited", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemDto.prototype, "pointsLeft", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time', example: '2027-02-01T00:00:00.000Z' }),
    __metadata("design:type", String)
], ProblemDto.prototype, "dayEndsAt", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ProblemDto.prototype, "attempts", void 0);
//# sourceMappingURL=problem.dto.js.map