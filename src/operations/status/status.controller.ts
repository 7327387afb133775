import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../security/access.decorator.js';
import { ApiProblems } from '../../writes/api-responses.decorator.js';
import { StatusDto } from './status.dto.js';
import { StatusService } from './status.service.js';

@ApiTags('operations')
@Controller('v1/status')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  /**
   * Returns the state of the service. It says whether the service, the vendor or a caller is at fault.
   *
   * It answers within about a second, also while the database or the vendor does not; then `database.readAt` says how old
   * the figures of imports, credits and instances are.
   */
  @Get()
  @RequireScope('ops:read')
  @ApiOkResponse({ type: StatusDto, description: 'The state of the service, as this instance sees it.' })
  @ApiProblems()
  async getStatus(): Promise<StatusDto> {
    return this.status.read();
  }
}
