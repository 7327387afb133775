import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { EnrollmentsController } from './enrollments.controller.js';
import { MembershipController } from './membership.controller.js';
import { UnknownCreditsController } from './unknown-credits.controller.js';

/** Sets the loyalty status, and enrolls customers in programs with tiers and points. */
@Module({
  imports: [DeliveryModule, WritesModule],
  controllers: [MembershipController, EnrollmentsController, UnknownCreditsController],
})
export class LoyaltyModule {}
