import { Reflector } from '@nestjs/core';

/** What the promise has to know of an endpoint before its body is read as a DTO. */
export interface WriteEndpoint {
  /** Where the elements of a batch stand in the body; absent where it takes one update. */
  readonly list?: string;
  /** Whether an update as it was sent, valid or not, may credit points; absent where none can. */
  readonly creditsPoints?: (element: unknown) => boolean;
}

/** On each write; `Idempotent` sets it together with the interceptor. */
export const WriteEndpointMark = Reflector.createDecorator<WriteEndpoint>();
