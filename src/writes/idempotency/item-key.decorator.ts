import { ApiPropertyOptional } from '@nestjs/swagger';
import { Check, Optional } from '../../validation/validate-as.js';
import { MAX_KEY_LENGTH, isKey } from './read-key.js';

/** The key of one element of a batch, which is for us and not sent to the vendor. */
export function ItemKey(): PropertyDecorator {
  const decorators = [
    ApiPropertyOptional({
      type: String,
      minLength: 1,
      maxLength: MAX_KEY_LENGTH,
      description:
        'A key of yours for this item, 1 to 255 printable ASCII characters. Sent again with it, the item gets its earlier outcome, with `replayed: true`, and nothing is done; one that failed runs again.',
      example: 'order-4711',
    }),
    Optional(),
    Check((value) =>
      isKey(value)
        ? []
        : [
            {
              pointer: '',
              code: 'format',
              message: `must be 1 to ${MAX_KEY_LENGTH} printable ASCII characters`,
            },
          ],
    ),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
