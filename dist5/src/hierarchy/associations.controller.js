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
import { ASSOCIATION_BATCH_EXAMPLES, ASSOCIATION_EXAMPLES } from './hierarchy-examples.js';
import { ASSOCIATIONS } from './association.kind.js';
let AssociationsController = class AssociationsController {
    writes;
    constructor(writes) {
        this.writes = writes;
    }
    /** Associates one customer with a hierarchy, role or company, and with a parent or children. */
    async associateCustomer(query, options, reply) {
        return this.writes.one(ASSOCIATIONS, { query, options, reply });
    }
    /** Associates 1 to 1,000 customers, each with its own outcome. */
    async associateCustomers(query, options, reply) {
        return this.writes.many(ASSOCIATIONS, { query, options, reply });
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Associates one customer with a hierarchy, role or company, and with a parent or children." }),
    Put(),
    WriteOne(ASSOCIATIONS, ASSOCIATION_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [RouteQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], AssociationsController.prototype, "associateCustomer", null);
__decorate([
    openapi.ApiOperation({ summary: "Associates 1 to 1,000 customers, each with its own outcome." }),
    Put('batch'),
    WriteMany(ASSOCIATIONS, ASSOCIATION_BATCH_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [BatchQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], AssociationsController.prototype, "associateCustomers", null);
AssociationsController = __decorate([
    ApiTags('hierarchy'),
    Controller('v1/hierarchy/associations'),
    __metadata("design:paramtypes", [WriteService])
], AssociationsController);
export { AssociationsController };
//# sourceMappingURL=associations.controller.js.map