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
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';
import { SOURCES } from '../../config/vendor-enums.js';
import { BatchQueryDto } from '../../writes/dto/route-query.dto.js';
import { Optional } from '../../validation/validate-as.js';
import { IMPORT_KINDS } from '../import-kinds.js';
const STATES = ['queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed'];
const OUTCOMES = ['updated', 'rejected', 'failed', 'unknown'];
/** How many imports a page holds. Our bounds. */
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
/** How an upload is imported. */
export class ImportQueryDto extends BatchQueryDto {
    /** What each line contains: the body of one customer update, membership, enrollment or association. */
    kind;
    static _OPENAPI_METADATA_FACTORY() {
        return { kind: { required: true, description: "What each line contains: the body of one customer update, membership, enrollment or association.", enum: ["customers", "memberships", "enrollments", "associations"], enum: IMPORT_KINDS } };
    }
}
__decorate([
    ApiProperty({ enum: IMPORT_KINDS, example: 'customers' }),
    IsIn(IMPORT_KINDS),
    __metadata("design:type", String)
], ImportQueryDto.prototype, "kind", void 0);
/** Which imports to list. */
export class ImportListQueryDto {
    /** The maximum number of imports in the response. */
    limit = DEFAULT_PAGE;
    /** The id of the last import of the previous page: `next` in its response. */
    after;
    static _OPENAPI_METADATA_FACTORY() {
        return { limit: { required: true, type: () => Number, description: "The maximum number of imports in the response.", default: DEFAULT_PAGE, minimum: 1, maximum: MAX_PAGE }, after: { required: false, type: () => String, description: "The id of the last import of the previous page: `next` in its response.", format: "uuid" } };
    }
}
__decorate([
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
    Optional(),
    Type(() => Number),
    Max(MAX_PAGE),
    Min(1),
    IsInt(),
    __metadata("design:type", Number)
], ImportListQueryDto.prototype, "limit", void 0);
__decorate([
    ApiPropertyOptional({ format: 'uuid' }),
    Optional(),
    IsUUID(),
    __metadata("design:type", String)
], ImportListQueryDto.prototype, "after", void 0);
/** Which results to list. */
export class ResultQueryDto {
    /** Only lines with this outcome. */
    outcome;
    static _OPENAPI_METADATA_FACTORY() {
        return { outcome: { required: false, description: "Only lines with this outcome.", enum: ["updated", "rejected", "failed", "unknown"], enum: OUTCOMES } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: OUTCOMES }),
    Optional(),
    IsIn(OUTCOMES),
    __metadata("design:type", String)
], ResultQueryDto.prototype, "outcome", void 0);
/** An import with its progress. */
export class ImportDto {
    /**
     * Its id.
     * @example "0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10"
     */
    id;
    /** What its lines contain. */
    kind;
    /** The state of the import. In `paused` and `cancelling`, calls in flight still end. */
    state;
    /** Whether one invalid line rejects the whole import (`reject`), or only itself (`skip`). */
    onInvalid;
    /** The source in which customers are updated. */
    source;
    /** The account within the source. */
    accountId;
    /** The import that these failed lines come from. */
    retryOf;
    /**
     * Lines of the upload, including a header and empty lines.
     * @example 1000
     */
    lines;
    /**
     * Lines that contain an update, valid or not.
     * @example 1000
     */
    total;
    /**
     * Lines that are not valid and were never sent. `rejected` includes them.
     * @example 1
     */
    invalid;
    /**
     * Lines that were applied.
     * @example 990
     */
    updated;
    /**
     * Lines that were rejected. A retry would be rejected again.
     * @example 4
     */
    rejected;
    /**
     * Lines that were not applied and may be retried.
     * @example 1
     */
    failed;
    /**
     * Lines that may or may not have been applied.
     * @example 0
     */
    unknown;
    /**
     * Lines without a result yet.
     * @example 5
     */
    waiting;
    /**
     * The first line without a result, or a line shortly before it.
     * @example 996
     */
    firstWaitingLine;
    /**
     * Bulk calls to the vendor with lines of this import. Some also carried other updates.
     * @example 10
     */
    calls;
    /**
     * Lines settled per minute since the import began or was resumed; absent before it begins.
     * @example 29500
     */
    rate;
    /** When the import will end at this rate. */
    estimatedEnd;
    /**
     * Increases with every change.
     * @example 12
     */
    version;
    /** When the upload began. */
    createdAt;
    /** When the import ended. */
    finishedAt;
    /** When its lines and results were removed, after IMPORT_RETENTION_MS. */
    emptiedAt;
    static _OPENAPI_METADATA_FACTORY() {
        return { id: { required: true, type: () => String, description: "Its id.", example: "0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10" }, kind: { required: true, description: "What its lines contain.", enum: ["customers", "memberships", "enrollments", "associations"] }, state: { required: true, description: "The state of the import. In `paused` and `cancelling`, calls in flight still end.", enum: ["uploading", "queued", "running", "paused", "cancelling", "cancelled", "completed"] }, onInvalid: { required: true, description: "Whether one invalid line rejects the whole import (`reject`), or only itself (`skip`).", enum: ["reject", "skip"] }, source: { required: true, description: "The source in which customers are updated.", enum: ["FACEBOOK", "WEB_ENGAGE", "WECHAT", "INSTORE", "MARTJACK", "TMALL", "TAOBAO", "JD", "ECOMMERCE", "WEBSITE", "LINE", "ALL"] }, accountId: { required: false, type: () => String, description: "The account within the source." }, retryOf: { required: false, type: () => String, description: "The import that these failed lines come from." }, lines: { required: true, type: () => Number, description: "Lines of the upload, including a header and empty lines.", example: 1000 }, total: { required: true, type: () => Number, description: "Lines that contain an update, valid or not.", example: 1000 }, invalid: { required: true, type: () => Number, description: "Lines that are not valid and were never sent. `rejected` includes them.", example: 1 }, updated: { required: true, type: () => Number, description: "Lines that were applied.", example: 990 }, rejected: { required: true, type: () => Number, description: "Lines that were rejected. A retry would be rejected again.", example: 4 }, failed: { required: true, type: () => Number, description: "Lines that were not applied and may be retried.", example: 1 }, unknown: { required: true, type: () => Number, description: "Lines that may or may not have been applied.", example: 0 }, waiting: { required: true, type: () => Number, description: "Lines without a result yet.", example: 5 }, firstWaitingLine: { required: false, type: () => Number, description: "The first line without a result, or a line shortly before it.", example: 996 }, calls: { required: true, type: () => Number, description: "Bulk calls to the vendor with lines of this import. Some also carried other updates.", example: 10 }, rate: { required: false, type: () => Number, description: "Lines settled per minute since the import began or was resumed; absent before it begins.", example: 29500 }, estimatedEnd: { required: false, type: () => String, description: "When the import will end at this rate." }, version: { required: true, type: () => Number, description: "Increases with every change.", example: 12 }, createdAt: { required: true, type: () => String, description: "When the upload began." }, finishedAt: { required: false, type: () => String, description: "When the import ended." }, emptiedAt: { required: false, type: () => String, description: "When its lines and results were removed, after IMPORT_RETENTION_MS." } };
    }
}
__decorate([
    ApiProperty({ format: 'uuid' }),
    __metadata("design:type", String)
], ImportDto.prototype, "id", void 0);
__decorate([
    ApiProperty({ enum: IMPORT_KINDS, example: 'customers' }),
    __metadata("design:type", String)
], ImportDto.prototype, "kind", void 0);
__decorate([
    ApiProperty({ enum: STATES, example: 'running' }),
    __metadata("design:type", String)
], ImportDto.prototype, "state", void 0);
__decorate([
    ApiProperty({ enum: ['reject', 'skip'], example: 'skip' }),
    __metadata("design:type", String)
], ImportDto.prototype, "onInvalid", void 0);
__decorate([
    ApiProperty({ enum: SOURCES, example: 'INSTORE' }),
    __metadata("design:type", String)
], ImportDto.prototype, "source", void 0);
__decorate([
    ApiPropertyOptional({ format: 'uuid' }),
    __metadata("design:type", String)
], ImportDto.prototype, "retryOf", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "lines", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "total", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "invalid", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "updated", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "rejected", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "failed", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "unknown", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "waiting", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "firstWaitingLine", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "calls", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "rate", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], ImportDto.prototype, "estimatedEnd", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportDto.prototype, "version", void 0);
__decorate([
    ApiProperty({ format: 'date-time' }),
    __metadata("design:type", String)
], ImportDto.prototype, "createdAt", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], ImportDto.prototype, "finishedAt", void 0);
__decorate([
    ApiPropertyOptional({ format: 'date-time' }),
    __metadata("design:type", String)
], ImportDto.prototype, "emptiedAt", void 0);
/** A page of imports. */
export class ImportsDto {
    /** The imports, newest first. */
    imports;
    /** The value of `after` for the next page; absent on the last page. */
    next;
    static _OPENAPI_METADATA_FACTORY() {
        return { imports: { required: true, type: () => [ImportDto], description: "The imports, newest first." }, next: { required: false, type: () => String, description: "The value of `after` for the next page; absent on the last page." } };
    }
}
__decorate([
    ApiPropertyOptional({ format: 'uuid' }),
    __metadata("design:type", String)
], ImportsDto.prototype, "next", void 0);
/** What an import would be. Nothing of it is stored. */
export class ImportPlanDto {
    /**
     * Lines of the upload, including a header and empty lines.
     * @example 1000
     */
    lines;
    /**
     * Lines that would be sent.
     * @example 999
     */
    valid;
    /**
     * Lines that are not valid.
     * @example 1
     */
    invalid;
    /**
     * Lines for a customer of an earlier line; they are sent one after the other. With comparedIdentifiers, this is a lower bound.
     * @example 3
     */
    repeatedCustomers;
    /**
     * How many identifiers were compared to find repeated customers; present if the upload has more than a dry run can compare.
     * @example 100000
     */
    comparedIdentifiers;
    /**
     * Points that would be credited in total.
     * @example 7500
     */
    points;
    /**
     * The minimum number of bulk calls.
     * @example 10
     */
    calls;
    /**
     * Minutes that these calls take at UPSTREAM_CALLS_PER_MINUTE if no other requests are sent; 0 without a limit.
     * @example 1
     */
    minutes;
    static _OPENAPI_METADATA_FACTORY() {
        return { lines: { required: true, type: () => Number, description: "Lines of the upload, including a header and empty lines.", example: 1000 }, valid: { required: true, type: () => Number, description: "Lines that would be sent.", example: 999 }, invalid: { required: true, type: () => Number, description: "Lines that are not valid.", example: 1 }, repeatedCustomers: { required: true, type: () => Number, description: "Lines for a customer of an earlier line; they are sent one after the other. With comparedIdentifiers, this is a lower bound.", example: 3 }, comparedIdentifiers: { required: false, type: () => Number, description: "How many identifiers were compared to find repeated customers; present if the upload has more than a dry run can compare.", example: 100000 }, points: { required: true, type: () => Number, description: "Points that would be credited in total.", example: 7500 }, calls: { required: true, type: () => Number, description: "The minimum number of bulk calls.", example: 10 }, minutes: { required: true, type: () => Number, description: "Minutes that these calls take at UPSTREAM_CALLS_PER_MINUTE if no other requests are sent; 0 without a limit.", example: 1 } };
    }
}
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "lines", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "valid", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "invalid", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "repeatedCustomers", void 0);
__decorate([
    ApiPropertyOptional({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "comparedIdentifiers", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "points", void 0);
__decorate([
    ApiProperty({ type: 'integer' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "calls", void 0);
__decorate([
    ApiProperty({ type: 'number' }),
    __metadata("design:type", Number)
], ImportPlanDto.prototype, "minutes", void 0);
//# sourceMappingURL=import.dto.js.map