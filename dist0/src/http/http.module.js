var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { SecurityModule } from '../security/security.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { ConnectionDrain } from './connection-drain.js';
import { HealthController } from './health.controller.js';
import { LoopTurns } from './loop-turns.service.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
/** The transport: the server, its connections, and the responses to failures. */
let HttpModule = class HttpModule {
};
HttpModule = __decorate([
    Module({
        imports: [SecurityModule],
        controllers: [HealthController, ProblemsController],
        providers: [AllowedMethods, ConnectionDrain, LoopTurns, { provide: APP_FILTER, useClass: ProblemFilter }],
        exports: [AllowedMethods, LoopTurns],
    })
], HttpModule);
export { HttpModule };
//# sourceMappingURL=http.module.js.map