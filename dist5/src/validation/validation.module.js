var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { compileAllDtos } from './compile-dto.js';
import { ValidBody, ValidQuery } from './valid.pipes.js';
/** The pipes that validate bodies and queries against their DTO classes. */
let ValidationModule = class ValidationModule {
    onModuleInit() {
        compileAllDtos();
    }
};
ValidationModule = __decorate([
    Module({ providers: [ValidBody, ValidQuery], exports: [ValidBody, ValidQuery] })
], ValidationModule);
export { ValidationModule };
//# sourceMappingURL=validation.module.js.map