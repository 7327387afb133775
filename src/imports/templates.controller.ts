import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Problem } from '../problems/problem.js';
import { RequireScope } from '../security/access.decorator.js';
import { ApiProblems } from '../writes/api-responses.decorator.js';
import { IMPORT_KINDS } from './import-kinds.js';
import { writeTemplate } from './template.js';

const FILES = IMPORT_KINDS.map((kind) => `${kind}.csv`);

@ApiTags('imports')
@Controller('v1/imports/templates')
export class TemplatesController {
  /** Returns a CSV template for a kind of import. It has the columns that most imports have, and an example row to replace. */
  @Get(':file')
  @RequireScope('imports:read', 'imports:write')
  @Header('Content-Type', 'text/csv; charset=utf-8; header=present')
  @ApiParam({ name: 'file', description: 'The kind and `.csv`.', schema: { type: 'string', enum: FILES } })
  @ApiProblems(404)
  @ApiProduces('text/csv')
  @ApiOkResponse({ description: 'The template.', schema: { type: 'string' } })
  readTemplate(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const kind = IMPORT_KINDS.find((one) => file === `${one}.csv`);
    if (!kind) {
      throw new Problem('endpoint-not-found', {
        detail: `There is no such template. There are: ${FILES.join(', ')}.`,
      });
    }
    reply.header('Content-Disposition', `attachment; filename="${file}"`);
    return writeTemplate(kind);
  }
}
