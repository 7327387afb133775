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
import { Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { WriteMany, WriteOne } from '../writes/write.decorators.js';
import { WriteService } from '../writes/write.service.js';
import { ENROLLMENT_BATCH_EXAMPLES, ENROLLMENT_EXAMPLES } from './loyalty-examples.js';
import { ENROLLMENTS } from './enrollment.kind.js';
let EnrollmentsController = class EnrollmentsController {
    writes;
    constructor(writes) {
        this.writes = writes;
    }
    /** Enrolls one customer in one or more programs, with tier, points and expiry dates. Each request credits the points. */
    async enroll(query, options, reply) {
        return this.writes.one(ENROLLMENTS, { query, options, reply });
    }
    /** Enrolls 1 to 1,000 customers, each with its own outcome. */
    async enrollMany(query, options, reply) {
        return this.writes.many(ENROLLMENTS, { query, options, reply });
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Enrolls one customer in one or more programs, with tier, points and expiry dates. Each request credits the points." }),
    Post(),
    HttpCode(200),
    WriteOne(ENROLLMENTS, ENROLLMENT_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [RouteQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], EnrollmentsController.prototype, "enroll", null);
__decorate([
    openapi.ApiOperation({ summary: "Enrolls 1 to 1,000 customers, each with its own outcome." }),
    Post('batch'),
    HttpCode(200),
    WriteMany(ENROLLMENTS, ENROLLMENT_BATCH_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [BatchQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], EnrollmentsController.prototype, "enrollMany", null);
EnrollmentsController = __decorate([
    ApiTags('loyalty'),
    Controller('v1/loyalty/enrollments'),
    __metadata("design:paramtypes", [WriteService])
], EnrollmentsController);
export { EnrollmentsController };
//# sourceMappingURL=enrollments.controller.js.map