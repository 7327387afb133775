import { Global, Module } from '@nestjs/common';
import { ConfigModule as EnvironmentModule, registerAs } from '@nestjs/config';
import { readSettings } from './read-settings.js';
import { addSources, extraSources } from './vendor-enums.js';
import { Settings } from './settings.js';

/** Makes the sources of the organization known before anything checks one. */
function useSources(loaded: Settings): Settings {
  addSources(extraSources(loaded.EXTRA_SOURCES));
  return loaded;
}

const settings = registerAs('settings', () => readSettings(process.env));

/** Reads the environment (and a `.env` file in the working directory) once, and provides the same `Settings` to all modules. */
@Global()
@Module({
  imports: [EnvironmentModule.forRoot({ load: [settings] })],
  providers: [{ provide: Settings, useFactory: useSources, inject: [settings.KEY] }],
  exports: [Settings],
})
export class ConfigModule {}
