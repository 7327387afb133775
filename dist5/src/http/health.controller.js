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
import * as openapi_import_1 from "./dto/health.dto.js";
import * as openapi from "@nestjs/swagger";
import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../security/access.decorator.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { LivenessDto, ReadinessDto } from './dto/health.dto.js';
let HealthController = class HealthController {
    registry;
    constructor(registry) {
        this.registry = registry;
    }
    /** Returns 200 as long as the process runs. */
    checkLiveness() {
        return { status: 'live' };
    }
    /** Returns whether the service accepts requests, and if not, which component is not ready and why. */
    checkReadiness(response) {
        const reasons = this.registry.notReady();
        const vendor = this.registry.vendorState?.();
        if (Object.keys(reasons).length === 0)
            return { status: 'ready', reasons, vendor };
        response.status(HttpStatus.SERVICE_UNAVAILABLE);
        return { status: 'not-ready', reasons, vendor };
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Returns 200 as long as the process runs." }),
    Get('live'),
    Public(),
    ApiOkResponse({ type: LivenessDto, description: 'The process runs.' }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", LivenessDto)
], HealthController.prototype, "checkLiveness", null);
__decorate([
    openapi.ApiOperation({ summary: "Returns whether the service accepts requests, and if not, which component is not ready and why." }),
    Get('ready'),
    Public(),
    ApiOkResponse({ type: ReadinessDto, description: 'The service accepts requests.' }),
    ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'At least one component is not ready.' }),
    __param(0, Res({ passthrough: true })),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", ReadinessDto)
], HealthController.prototype, "checkReadiness", null);
HealthController = __decorate([
    ApiTags('health'),
    Controller('health'),
    __metadata("design:paramtypes", [HealthRegistry])
], HealthController);
export { HealthController };
//# sourceMappingURL=health.controller.js.map