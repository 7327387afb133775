import type { Example } from '../http/openapi/example.js';
import type { ErasureRequestDto } from './dto/erasure.dto.js';

export const ERASURE_EXAMPLES: Record<string, Example<ErasureRequestDto>> = {
  'unknown-customer': {
    summary: 'An operator erases a customer with two identifiers: 202',
    value: {
      identifiers: [
        { type: 'mobile', value: '910000000000' },
        { type: 'email', value: 'unknown@example.com' },
      ],
    },
  },
};
