import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { RecordsModule } from '../records/records.module.js';
import { SecurityModule } from '../security/security.module.js';
import { ValidationModule } from '../validation/validation.module.js';
import { PointsAllowance } from './credits/points-allowance.service.js';
import { DefaultLoyaltyType } from './default-loyalty-type.pipe.js';
import { UpdatesController } from './explanations.controller.js';
import { WriteService } from './write.service.js';

/** The pipeline that every write goes through, and the explanation of what became of an update. */
@Module({
  imports: [DeliveryModule, RecordsModule, SecurityModule, ValidationModule],
  controllers: [UpdatesController],
  providers: [DefaultLoyaltyType, PointsAllowance, WriteService],
  exports: [DefaultLoyaltyType, PointsAllowance, ValidationModule, WriteService],
})
export class WritesModule {}
