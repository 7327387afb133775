import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { RequireScope, addRouteConfig } from '../security/access.decorator.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ApiManyUpdates, ApiOneUpdate } from './api-responses.decorator.js';
import { ApiIdempotencyKey } from './idempotency/idempotency-key.decorator.js';
function write(kind) {
    return applyDecorators(RequireScope(kind.scope), TakesDryRun(), addRouteConfig({ writes: kind.updates }), ApiIdempotencyKey({ creditsPoints: kind.creditsPoints !== undefined }));
}
/** An endpoint that takes one update of a kind. */
export function WriteOne(kind, examples) {
    return applyDecorators(write(kind), ApiOneUpdate(), ApiBody({ type: kind.dto, examples }));
}
/** An endpoint that takes many updates of a kind. */
export function WriteMany(kind, examples) {
    return applyDecorators(write(kind), ApiManyUpdates(), ApiBody({ type: kind.batchDto, examples }));
}
//# sourceMappingURL=write.decorators.js.map