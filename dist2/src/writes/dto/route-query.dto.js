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
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { ATTRIBUTION_TYPES, PRINTABLE_ASCII, SOURCES, } from '../../config/vendor-enums.js';
import { Optional } from '../../validation/validate-as.js';
const printable = { message: 'must be 1 to 100 printable ASCII characters without spaces around them' };
/** The account of the customers. */
export class AccountQueryDto {
    /**
     * The source in which the customers are updated; without it, the configured default.
     * @example INSTORE
     */
    source;
    /** Account within the source; needed for WECHAT, FACEBOOK, WEB_ENGAGE and LINE. 1 to 100 printable ASCII characters. */
    accountId;
    static _OPENAPI_METADATA_FACTORY() {
        return { source: { required: false, description: "The source in which the customers are updated; without it, the configured default.", example: "INSTORE", enum: ["FACEBOOK", "WEB_ENGAGE", "WECHAT", "INSTORE", "MARTJACK", "TMALL", "TAOBAO", "JD", "ECOMMERCE", "WEBSITE", "LINE", "ALL"], enum: SOURCES }, accountId: { required: false, type: () => String, description: "Account within the source; needed for WECHAT, FACEBOOK, WEB_ENGAGE and LINE. 1 to 100 printable ASCII characters." } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: SOURCES }),
    Optional(),
    IsIn(SOURCES),
    __metadata("design:type", String)
], AccountQueryDto.prototype, "source", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: 100 }),
    Optional(),
    Matches(PRINTABLE_ASCII, printable),
    __metadata("design:type", String)
], AccountQueryDto.prototype, "accountId", void 0);
/** The query of every write: the route of its updates, and whether to send them at all. */
export class RouteQueryDto extends AccountQueryDto {
    // No example: Swagger UI would fill it in, and it is invalid without a code.
    /** What attributionCode is a code of; TILL without it. */
    attributionType;
    /** The till or store to post on behalf of. 1 to 100 printable ASCII characters. */
    attributionCode;
    /** `true` validates and answers the bulk calls that would be sent, and sends nothing. */
    dryRun;
    static _OPENAPI_METADATA_FACTORY() {
        return { attributionType: { required: false, enum: ["TILL", "STORE_CODE", "STORE_NAME", "STORE_EXTERNAL_ID", "STORE_EXTERNAL_ID_1", "STORE_EXTERNAL_ID_2"], enum: ATTRIBUTION_TYPES }, attributionCode: { required: false, type: () => String, description: "The till or store to post on behalf of. 1 to 100 printable ASCII characters." }, dryRun: { required: false, description: "`true` validates and answers the bulk calls that would be sent, and sends nothing.", enum: ["true", "false"], enum: ['true', 'false'] } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: ATTRIBUTION_TYPES }),
    Optional(),
    IsIn(ATTRIBUTION_TYPES),
    __metadata("design:type", String)
], RouteQueryDto.prototype, "attributionType", void 0);
__decorate([
    ApiPropertyOptional({ minLength: 1, maxLength: 100 }),
    Optional(),
    Matches(PRINTABLE_ASCII, printable),
    __metadata("design:type", String)
], RouteQueryDto.prototype, "attributionCode", void 0);
__decorate([
    ApiPropertyOptional({ enum: ['true', 'false'], default: 'false' }),
    Optional(),
    IsIn(['true', 'false']),
    __metadata("design:type", String)
], RouteQueryDto.prototype, "dryRun", void 0);
/** The query of a batch. */
export class BatchQueryDto extends RouteQueryDto {
    /** `reject`: one invalid item and nothing is sent. `skip`: the valid ones go, the others are `rejected`. */
    onInvalid;
    static _OPENAPI_METADATA_FACTORY() {
        return { onInvalid: { required: false, description: "`reject`: one invalid item and nothing is sent. `skip`: the valid ones go, the others are `rejected`.", enum: ["reject", "skip"], enum: ['reject', 'skip'] } };
    }
}
__decorate([
    ApiPropertyOptional({ enum: ['reject', 'skip'], default: 'reject' }),
    Optional(),
    IsIn(['reject', 'skip']),
    __metadata("design:type", String)
], BatchQueryDto.prototype, "onInvalid", void 0);
//# sourceMappingURL=route-query.dto.js.map