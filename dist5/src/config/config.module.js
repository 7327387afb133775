var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Global, Module } from '@nestjs/common';
import { ConfigModule as EnvironmentModule, registerAs } from '@nestjs/config';
import { readSettings } from './read-settings.js';
import { Settings } from './settings.js';
const settings = registerAs('settings', () => readSettings(process.env));
/** Reads the environment (and a `.env` file in the working directory) once, and provides the same `Settings` to all modules. */
let ConfigModule = class ConfigModule {
};
ConfigModule = __decorate([
    Global(),
    Module({
        imports: [EnvironmentModule.forRoot({ load: [settings] })],
        providers: [{ provide: Settings, useFactory: (loaded) => loaded, inject: [settings.KEY] }],
        exports: [Settings],
    })
], ConfigModule);
export { ConfigModule };
//# sourceMappingURL=config.module.js.map