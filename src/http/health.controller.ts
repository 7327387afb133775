import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../security/access.decorator.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { LivenessDto, ReadinessDto } from './dto/health.dto.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly registry: HealthRegistry) {}

  /** Whether the process runs: answers as long as it can answer at all. */
  @Get('live')
  @Public()
  @ApiOkResponse({ type: LivenessDto, description: 'The process runs.' })
  checkLiveness(): LivenessDto {
    return { status: 'live' };
  }

  /** Whether the service takes work, and if not, which room cannot and why. */
  @Get('ready')
  @Public()
  @ApiOkResponse({ type: ReadinessDto, description: 'The service takes work.' })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'At least one room cannot work.' })
  checkReadiness(@Res({ passthrough: true }) response: { status(code: number): unknown }): ReadinessDto {
    const reasons = this.registry.notReady();
    if (Object.keys(reasons).length === 0) return { status: 'ready', reasons };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not-ready', reasons };
  }
}
