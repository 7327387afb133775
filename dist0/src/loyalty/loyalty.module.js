var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { EnrollmentsController } from './enrollments.controller.js';
import { MembershipController } from './membership.controller.js';
import { UnknownCreditsController } from './unknown-credits.controller.js';
/** Sets the loyalty status, and enrolls customers in programs with tiers and points. */
let LoyaltyModule = class LoyaltyModule {
};
LoyaltyModule = __decorate([
    Module({
        imports: [DeliveryModule, WritesModule],
        controllers: [MembershipController, EnrollmentsController, UnknownCreditsController],
    })
], LoyaltyModule);
export { LoyaltyModule };
//# sourceMappingURL=loyalty.module.js.map