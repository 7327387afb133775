import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { EnrollmentsController } from './enrollments.controller.js';
import { MembershipController } from './membership.controller.js';

/** Loyalty status, and enrolment in programmes with tiers and points. */
@Module({ imports: [HttpModule], controllers: [MembershipController, EnrollmentsController] })
export class LoyaltyModule {}
