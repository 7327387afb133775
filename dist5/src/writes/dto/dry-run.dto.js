var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import * as openapi_import_1 from "./outcome.dto.js";
import * as openapi from "@nestjs/swagger";
import { ApiProperty } from '@nestjs/swagger';
/** A bulk call as it would be sent. */
export class PlannedCallDto {
    /**
     * HTTP method.
     * @example PUT
     */
    method;
    /**
     * Where it would go.
     * @example "https://eu.api.example.com/v2/bulk?source=INSTORE"
     */
    url;
    /** Without the credentials. */
    headers;
    /** In the vendor's spelling. */
    body;
    /**
     * The positions in the request of the updates in this call, in its order.
     * @example [0]
     */
    updates;
    /**
     * Calls of one wave are sent concurrently; a later wave waits for the earlier ones.
     * @example 0
     */
    wave;
    static _OPENAPI_METADATA_FACTORY() {
        return { method: { required: true, type: () => String, description: "HTTP method.", example: "PUT" }, url: { required: true, type: () => String, description: "Where it would go.", example: "https://eu.api.example.com/v2/bulk?source=INSTORE" }, headers: { required: true, type: "object", additionalProperties: { type: "string" }, description: "Without the credentials." }, body: { required: true, type: () => Object, description: "In the vendor's spelling." }, updates: { required: true, description: "The positions in the request of the updates in this call, in its order.", example: [0] }, wave: { required: true, type: () => Number, description: "Calls of one wave are sent concurrently; a later wave waits for the earlier ones.", example: 0 } };
    }
}
__decorate([
    ApiProperty({
        type: 'object',
        additionalProperties: { type: 'string' },
        example: { 'Content-Type': 'application/json', Accept: 'application/json' },
    }),
    __metadata("design:type", Object)
], PlannedCallDto.prototype, "headers", void 0);
__decorate([
    ApiProperty({
        type: 'array',
        items: { type: 'object' },
        example: [{ loyaltyInfo: { loyaltyType: 'loyalty' } }],
    }),
    __metadata("design:type", Object)
], PlannedCallDto.prototype, "body", void 0);
__decorate([
    ApiProperty({ type: 'array', items: { type: 'integer' }, example: [0] }),
    __metadata("design:type", Array)
], PlannedCallDto.prototype, "updates", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], PlannedCallDto.prototype, "wave", void 0);
/** An element that would not be sent. */
export class InvalidElementDto {
    /**
     * Position in the request.
     * @example 1
     */
    index;
    /** All mistakes in it. */
    errors;
    static _OPENAPI_METADATA_FACTORY() {
        return { index: { required: true, type: () => Number, description: "Position in the request.", example: 1 }, errors: { required: true, type: () => [openapi_import_1.OutcomeErrorDto], description: "All mistakes in it." } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], InvalidElementDto.prototype, "index", void 0);
/** A way in which the result may differ from what the caller expects. */
export class DoubtDto {
    /**
     * Position in the request.
     * @example 0
     */
    index;
    /**
     * What may happen.
     * @example "it credits points: if its answer is lost, it is not sent again and the outcome is unknown"
     */
    message;
    static _OPENAPI_METADATA_FACTORY() {
        return { index: { required: true, type: () => Number, description: "Position in the request.", example: 0 }, message: { required: true, type: () => String, description: "What may happen.", example: "it credits points: if its answer is lost, it is not sent again and the outcome is unknown" } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], DoubtDto.prototype, "index", void 0);
/** The response to a dry run. Nothing was sent. */
export class DryRunDto {
    /**
     * Always true: nothing was sent.
     * @example true
     */
    dryRun;
    /** The bulk calls, in the order in which they would be sent. */
    calls;
    /**
     * How many calls of the vendor's quota it would cost, without retries; a call for a token may be added.
     * @example 1
     */
    callCount;
    /** The elements that are not valid and would be skipped; only with onInvalid=skip, otherwise the problem lists them. */
    invalid;
    /** What the vendor may not do as asked. */
    doubts;
    static _OPENAPI_METADATA_FACTORY() {
        return { dryRun: { required: true, type: () => Boolean, description: "Always true: nothing was sent.", example: true }, calls: { required: true, type: () => [PlannedCallDto], description: "The bulk calls, in the order in which they would be sent." }, callCount: { required: true, type: () => Number, description: "How many calls of the vendor's quota it would cost, without retries; a call for a token may be added.", example: 1 }, invalid: { required: true, type: () => [InvalidElementDto], description: "The elements that are not valid and would be skipped; only with onInvalid=skip, otherwise the problem lists them." }, doubts: { required: true, type: () => [DoubtDto], description: "What the vendor may not do as asked." } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], DryRunDto.prototype, "callCount", void 0);
//# sourceMappingURL=dry-run.dto.js.map