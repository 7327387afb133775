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
import { Controller, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidQuery } from '../validation/valid.pipes.js';
import { BatchQueryDto, RouteQueryDto } from '../writes/dto/route-query.dto.js';
import { WriteMany, WriteOne } from '../writes/write.decorators.js';
import { WriteService } from '../writes/write.service.js';
import { BATCH_EXAMPLES, CUSTOMER_EXAMPLES } from './customer-examples.js';
import { CUSTOMERS } from './customer.kind.js';
let CustomersController = class CustomersController {
    writes;
    constructor(writes) {
        this.writes = writes;
    }
    /** Updates one customer: names, identifiers, cards, channels, fields, loyalty status. */
    async updateCustomer(query, options, reply) {
        return this.writes.one(CUSTOMERS, { query, options, reply });
    }
    /** Updates 1 to 1,000 customers, each with its own outcome. */
    async updateCustomers(query, options, reply) {
        return this.writes.many(CUSTOMERS, { query, options, reply });
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Updates one customer: names, identifiers, cards, channels, fields, loyalty status." }),
    Patch(),
    WriteOne(CUSTOMERS, CUSTOMER_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [RouteQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], CustomersController.prototype, "updateCustomer", null);
__decorate([
    openapi.ApiOperation({ summary: "Updates 1 to 1,000 customers, each with its own outcome." }),
    Post('batch'),
    HttpCode(200),
    WriteMany(CUSTOMERS, BATCH_EXAMPLES),
    openapi.ApiResponse({ status: 200, type: Object }),
    __param(0, Query(ValidQuery)),
    __param(1, RequestOptions()),
    __param(2, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [BatchQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], CustomersController.prototype, "updateCustomers", null);
CustomersController = __decorate([
    ApiTags('customers'),
    Controller('v1/customers'),
    __metadata("design:paramtypes", [WriteService])
], CustomersController);
export { CustomersController };
//# sourceMappingURL=customers.controller.js.map