var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import * as openapi from "@nestjs/swagger";
import { Controller, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { WriteMany, WriteOne } from '../writes/write.decorators.js';
import { WriteService } from '../writes/write.service.js';
import { MEMBERSHIP_BATCH_EXAMPLES, MEMBERSHIP_EXAMPLES } from './loyalty-examples.js';
import { MEMBERSHIPS } from './membership.kind.js';
let MembershipController = class MembershipController {
    writes;
    constructor(writes) {
        this.writes = writes;
    }
    /** Sets the loyalty status of one customer. */
    async setMembership(query, options, reply) {
        return this.writes.one(MEMBERSHIPS, { query, options, reply });
    }
    /** Sets the loyalty status of 1 to 1,000 customers, each with its own outcome. */
    async setMemberships(query, options, reply) {
        return this.writes.many(MEMBERSHIPS, { query, options, reply });
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Sets the loyalty status of one customer." }),
    Put(),
    WriteOne(MEMBERSHIPS, MEMBERSHIP_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [RouteQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], MembershipController.prototype, "setMembership", null);
__decorate([
    openapi.ApiOperation({ summary: "Sets the loyalty status of 1 to 1,000 customers, each with its own outcome." }),
    Put('batch'),
    WriteMany(MEMBERSHIPS, MEMBERSHIP_BATCH_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [BatchQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], MembershipController.prototype, "setMemberships", null);
MembershipController = __decorate([
    ApiTags('loyalty'),
    Controller('v1/loyalty/membership'),
    __metadata("design:paramtypes", [WriteService])
], MembershipController);
export { MembershipController };
//# sourceMappingURL=membership.controller.js.map