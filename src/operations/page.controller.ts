import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { PAGE_CONTENT_SECURITY_POLICY } from '../http/security-headers.js';
import { Problem } from '../problems/problem.js';
import { Public } from '../security/access.decorator.js';
import { readPageFiles } from './page-files.js';

/**
 * Serves the page for people. Its files are public, as they hold no data: the page asks for a key, and sends it with
 * every request for data.
 */
@ApiExcludeController()
@Controller('ops')
export class PageController {
  private readonly files = readPageFiles();

  @Get()
  @Public()
  page(@Headers('if-none-match') known: string | undefined, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.send('index.html', known, reply);
  }

  @Get(':file')
  @Public()
  file(
    @Param('file') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.send(name, known, reply);
  }

  private send(name: string, known: string | undefined, reply: FastifyReply): string {
    const file = this.files.get(name);
    if (!file) throw new Problem('endpoint-not-found', { detail: 'The page has no such file.' });
    const { text, contentType, etag } = file;
    reply.headers({
      'Content-Type': contentType,
      'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY,
      // A browser asks each time, so that the files of two versions never meet.
      'Cache-Control': 'no-cache',
      ETag: etag,
    });
    if (known?.includes(etag) !== true) return text;
    reply.status(304);
    return '';
  }
}
