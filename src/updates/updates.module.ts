import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { UpdatesController } from './updates.controller.js';

/** Updates everything about a customer in one request: profile, programs and association. */
@Module({ imports: [WritesModule], controllers: [UpdatesController] })
export class UpdatesModule {}
