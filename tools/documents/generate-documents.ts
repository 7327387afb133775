import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { describeColumns } from './describe-columns.js';
import { describeFields } from './describe-fields.js';
import { describeMetrics } from './describe-metrics.js';
import { describeProblems } from './describe-problems.js';
import { createHttpAdapter } from '../../src/http/server.js';
import { describeApi } from '../../src/http/openapi/describe-api.js';

/**
 * Writes the generated documents into the folder of the first argument, docs by default. A test writes them to another
 * folder and compares. In preview mode Nest configures and starts nothing.
 */
const folder = process.argv[2] ?? 'docs';
const app = await NestFactory.create<NestFastifyApplication>(AppModule, createHttpAdapter(), {
  preview: true,
  logger: ['error'],
});
const document = describeApi(app);
writeFileSync(`${folder}/openapi.json`, `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(`${folder}/fields.md`, describeFields(document));
writeFileSync(`${folder}/import-columns.md`, describeColumns());
writeFileSync(`${folder}/metrics.md`, describeMetrics());
writeFileSync(`${folder}/problems.md`, describeProblems());
