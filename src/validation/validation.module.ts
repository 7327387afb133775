import { Module, type OnModuleInit } from '@nestjs/common';
import { compileAllDtos } from './compile-dto.js';
import { ValidBody, ValidQuery } from './valid.pipes.js';

/** The pipes that validate bodies and queries against their DTO classes. */
@Module({ providers: [ValidBody, ValidQuery], exports: [ValidBody, ValidQuery] })
export class ValidationModule implements OnModuleInit {
  onModuleInit(): void {
    compileAllDtos();
  }
}
