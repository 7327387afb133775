import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { MetricsText } from '../observability/metrics/exposition.js';
import { ApiAccessProblems } from '../security/access-problems.decorator.js';
import { RequireScope } from '../security/access.decorator.js';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly text: MetricsText) {}

  /**
   * Returns the metrics of this instance, as Prometheus reads them.
   *
   * A client that names `application/openmetrics-text` in `Accept` gets that format, with the ids of requests and of
   * their traces as exemplars.
   */
  @Get()
  @RequireScope('ops:read')
  @ApiAccessProblems({ 503: 'The instance is overloaded or shutting down; METRICS_PORT answers also then.' })
  @ApiProduces('text/plain', 'application/openmetrics-text')
  @ApiOkResponse({ description: 'All metrics. docs/metrics.md lists them.', schema: { type: 'string' } })
  async getMetrics(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): Promise<string> {
    const { contentType, body } = await this.text.scrape(accept);
    reply.header('Content-Type', contentType);
    return body;
  }
}
