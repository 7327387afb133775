import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { describeFields } from './describe-fields.js';
import { describeProblems } from './describe-problems.js';
import { createHttpAdapter } from '../../src/http/server.js';
import { describeApi } from '../../src/http/openapi.js';

/**
 * Writes the generated documents into the folder that is given, docs by default. In preview mode nothing is configured
 * or started. A test writes them elsewhere and compares.
 */
const folder = process.argv[2] ?? 'docs';
const app = await NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter(), {
  preview: true,
  logger: ['error'],
});
const document = describeApi(app);
writeFileSync(`${folder}/openapi.json`, `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(`${folder}/fields.md`, describeFields(document));
writeFileSync(`${folder}/problems.md`, describeProblems());
