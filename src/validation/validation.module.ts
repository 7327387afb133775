import { Module } from '@nestjs/common';
import { ValidBody, ValidQuery } from './valid.pipes.js';

/** The pipes that validate bodies and queries against their DTO classes. */
@Module({ providers: [ValidBody, ValidQuery], exports: [ValidBody, ValidQuery] })
export class ValidationModule {}
