import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createHttpAdapter } from './http/http-server.js';
import { describeApi } from './http/swagger.js';

/** Writes docs/openapi.json; in preview mode nothing is configured or started. A test compares it with the service's. */
const app = await NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter(), {
  preview: true,
  logger: ['error'],
});
writeFileSync('docs/openapi.json', `${JSON.stringify(describeApi(app), null, 2)}\n`);
