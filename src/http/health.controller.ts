import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../security/access.decorator.js';
import { HealthRegistry } from '../observability/health-registry.js';
import { LivenessDto, ReadinessDto } from './dto/health.dto.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly registry: HealthRegistry) {}

  /** Returns 200 as long as the process runs. */
  @Get('live')
  @Public()
  @ApiOkResponse({ type: LivenessDto, description: 'The process runs.' })
  checkLiveness(): LivenessDto {
    return { status: 'live' };
  }

  /** Returns whether the service accepts requests. If it does not, the response names each component that is not ready, and why. */
  @Get('ready')
  @Public()
  @ApiOkResponse({ type: ReadinessDto, description: 'The service accepts requests.' })
  @ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'At least one component is not ready.' })
  checkReadiness(@Res({ passthrough: true }) response: { status(code: number): unknown }): ReadinessDto {
    const reasons = this.registry.notReady();
    const vendor = this.registry.vendorState?.();
    if (Object.keys(reasons).length === 0) return { status: 'ready', reasons, vendor };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not-ready', reasons, vendor };
  }
}
