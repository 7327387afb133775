import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Example } from '../http/openapi/example.js';
import { RequireScope, addRouteConfig } from '../security/access.decorator.js';
import { TakesDryRun } from '../security/takes-dry-run.decorator.js';
import { ApiManyUpdates, ApiOneUpdate } from './api-responses.decorator.js';
import { ApiIdempotencyKey } from './idempotency/idempotency-key.decorator.js';
import type { UpdateKind } from './update-kind.js';

type Examples = Readonly<Record<string, Example<object>>>;

function write(kind: UpdateKind): MethodDecorator {
  return applyDecorators(
    RequireScope(...kind.scopes),
    TakesDryRun(),
    addRouteConfig({ writes: kind.updates }),
    ApiIdempotencyKey({ creditsPoints: kind.creditsPoints !== undefined }),
  );
}

/** An endpoint that takes one update of a kind. */
export function WriteOne(kind: UpdateKind, examples: Examples): MethodDecorator {
  return applyDecorators(write(kind), ApiOneUpdate(), ApiBody({ type: kind.dto, examples }));
}

/** An endpoint that takes many updates of a kind. */
export function WriteMany(kind: UpdateKind, examples: Examples): MethodDecorator {
  return applyDecorators(write(kind), ApiManyUpdates(), ApiBody({ type: kind.batchDto, examples }));
}
