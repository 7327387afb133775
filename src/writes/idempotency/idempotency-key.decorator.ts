import { ApiHeader } from '@nestjs/swagger';
import { KEY_HEADER, MAX_KEY_LENGTH } from './read-key.js';

/** Documents the header of a write. */
export function ApiIdempotencyKey({ creditsPoints }: { readonly creditsPoints: boolean }): MethodDecorator {
  const needed = creditsPoints ? ' Needed where points are credited, unless configured otherwise.' : '';
  return ApiHeader({
    name: KEY_HEADER,
    required: false,
    description: `A key of yours for this request, as \`"8e03978e-40d5-43dd-bc93-6894a57f9324"\`. Sent again with it, the request is answered as before, with \`Idempotency-Replayed: true\`, and nothing is done.${needed} In Swagger UI, each Execute fills in a new key; one that you enter is kept.`,
    schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_LENGTH },
  });
}
