import { Global, Module } from '@nestjs/common';
import { ConfigModule as EnvironmentModule, registerAs } from '@nestjs/config';
import { readSettings } from './read-settings.js';
import { Settings } from './settings.js';

const settings = registerAs('settings', () => readSettings(process.env));

/** Reads the environment (and a `.env` file in the working directory) once, and provides the same `Settings` to all modules. */
@Global()
@Module({
  imports: [EnvironmentModule.forRoot({ load: [settings] })],
  providers: [{ provide: Settings, useFactory: (loaded: Settings) => loaded, inject: [settings.KEY] }],
  exports: [Settings],
})
export class ConfigModule {}
