var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "./health.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiProperty } from '@nestjs/swagger';
export class LivenessDto {
    /**
     * Always `live`.
     * @example live
     */
    status;
    static _OPENAPI_METADATA_FACTORY() {
        return { status: { required: true, type: () => String, description: "Always `live`.", example: "live" } };
    }
}
export class VendorStateDto {
    /**
     * The circuit breaker: `closed` lets calls through, `open` none, `half-open` one that decides.
     * @example closed
     */
    breaker;
    /**
     * Whether the vendor accepted our credentials at the last call.
     * @example accepted
     */
    credentials;
    /**
     * How many calls are left in this minute, as this instance counts them; null without a limit.
     * @example 287
     */
    budgetLeft;
    static _OPENAPI_METADATA_FACTORY() {
        return { breaker: { required: true, type: () => String, description: "The circuit breaker: `closed` lets calls through, `open` none, `half-open` one that decides.", example: "closed" }, credentials: { required: true, type: () => String, description: "Whether the vendor accepted our credentials at the last call.", example: "accepted" }, budgetLeft: { required: true, type: () => Number, nullable: true, description: "How many calls are left in this minute, as this instance counts them; null without a limit.", example: 287 } };
    }
}
__decorate([
    ApiProperty({ enum: ['closed', 'open', 'half-open'] }),
    __metadata("design:type", String)
], VendorStateDto.prototype, "breaker", void 0);
__decorate([
    ApiProperty({ enum: ['unused', 'accepted', 'refused', 'unavailable'] }),
    __metadata("design:type", String)
], VendorStateDto.prototype, "credentials", void 0);
__decorate([
    ApiProperty({ type: 'integer', nullable: true }),
    __metadata("design:type", Object)
], VendorStateDto.prototype, "budgetLeft", void 0);
export class ReadinessDto {
    /**
     * `ready` or `not-ready`.
     * @example ready
     */
    status;
    /** The reason for each component that is not ready. */
    reasons;
    /** The state of the vendor, for information. It does not decide about `status`: another instance would meet the same. */
    vendor;
    static _OPENAPI_METADATA_FACTORY() {
        return { status: { required: true, type: () => String, description: "`ready` or `not-ready`.", example: "ready" }, reasons: { required: true, type: "object", additionalProperties: { type: "string" }, description: "The reason for each component that is not ready." }, vendor: { required: true, type: () => openapi_import_1.VendorStateDto, description: "The state of the vendor, for information. It does not decide about `status`: another instance would meet the same." } };
    }
}
__decorate([
    ApiProperty({
        type: 'object',
        additionalProperties: { type: 'string' },
        example: { delivery: 'shutting down' },
    }),
    __metadata("design:type", Object)
], ReadinessDto.prototype, "reasons", void 0);
//# sourceMappingURL=health.dto.js.map