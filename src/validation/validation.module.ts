import { Module, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { compileAllDtos } from './compile-dto.js';
import { useMobileCheck } from './mobile-numbers.js';
import { ValidBody, ValidQuery } from './valid.pipes.js';

/** The pipes that validate bodies and queries against their DTO classes. */
@Module({ providers: [ValidBody, ValidQuery], exports: [ValidBody, ValidQuery] })
export class ValidationModule implements OnModuleInit {
  constructor(private readonly settings: Settings) {}

  onModuleInit(): void {
    useMobileCheck(this.settings.MOBILE_CHECK);
    compileAllDtos();
  }
}
