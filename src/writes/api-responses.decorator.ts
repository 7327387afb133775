import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiAccessProblems } from '../security/access-problems.decorator.js';
import { DryRunDto } from './dto/dry-run.dto.js';
import { BatchAnswerDto, FailedDto, RejectedDto, UnknownDto, UpdatedDto } from './dto/outcome.dto.js';

const PROBLEMS = {
  400: 'The request is not valid; `errors` points at every mistake. Nothing was sent.',
  408: 'The request came too slowly.',
  413: 'The body is over the limit.',
  415: 'The body is not application/json.',
  500: 'The service failed.',
  503: 'Nothing was changed, and it may be sent again after `Retry-After`.',
};

const PROBLEMS_OF_ONE: Readonly<Record<number, string>> = {
  403: 'The key or token lacks the scope, or is bound to something else; or the vendor has blocked the customer.',
  404: 'The vendor knows no such customer.',
  409: 'The update conflicts with what the vendor has; or a request with the same key is being worked on.',
  422: 'The vendor refuses the update; or the key belongs to another request.',
  502: 'The vendor failed, or refuses this service. Nothing was changed.',
  504: 'It is unknown whether the update was applied; `retryable` says whether it may be sent again.',
};

const PROBLEMS_OF_MANY: Readonly<Record<number, string>> = {
  409: 'A request with the same key is being worked on.',
  422: 'The key belongs to another request.',
  504: 'The process that worked on the first request with the key ended; it is unknown whether points were credited.',
};

const OWN_PROBLEMS = {
  400: 'The request is not valid; `errors` points at every mistake.',
  404: 'There is none with this id.',
  408: PROBLEMS[408],
  409: 'Its state does not allow that; or a request with the same key is being worked on.',
  413: PROBLEMS[413],
  415: PROBLEMS[415],
  422: 'The key belongs to another request.',
  503: 'The database cannot be reached; try again after `Retry-After`.',
} as const;

const headers = [
  ApiHeader({
    name: 'Request-Timeout',
    required: false,
    description: 'Seconds that the request may take; it can only shorten the configured deadline.',
    schema: { type: 'number', minimum: 0.001, example: 5 },
  }),
  ApiHeader({
    name: 'X-Request-Id',
    required: false,
    description:
      'An id of yours under which the request is logged; with a letter in it, at most 128 of A-Z a-z 0-9 _ . : -',
    schema: { type: 'string', maxLength: 128 },
  }),
];

/** Documents every response of an endpoint that takes one update. */
export function ApiOneUpdate(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(UpdatedDto, DryRunDto),
    ...headers,
    ApiOkResponse({
      description: 'The customer was updated; or, with dryRun, the call that would be sent.',
      schema: { oneOf: [{ $ref: getSchemaPath(UpdatedDto) }, { $ref: getSchemaPath(DryRunDto) }] },
    }),
    ApiResponse({
      status: 207,
      description:
        'The customer was updated, but not all of it: a child was not, or it is unknown whether points were credited.',
      type: UpdatedDto,
    }),
    ApiAccessProblems({ ...PROBLEMS, ...PROBLEMS_OF_ONE }),
  );
}

/** Documents every response of an endpoint that takes many updates. */
export function ApiManyUpdates(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(BatchAnswerDto, UpdatedDto, RejectedDto, FailedDto, UnknownDto, DryRunDto),
    ...headers,
    ApiOkResponse({
      description: 'All customers were updated; or, with dryRun, the calls that would be sent.',
      schema: { oneOf: [{ $ref: getSchemaPath(BatchAnswerDto) }, { $ref: getSchemaPath(DryRunDto) }] },
    }),
    ApiResponse({
      status: 207,
      description: 'Not all customers were updated, or not all of each.',
      type: BatchAnswerDto,
    }),
    ApiAccessProblems({ ...PROBLEMS, ...PROBLEMS_OF_MANY }),
  );
}

/** Documents the problems of an endpoint that does not call the vendor. */
export function ApiProblems(...statuses: (keyof typeof OWN_PROBLEMS)[]): MethodDecorator {
  const descriptions = Object.fromEntries(statuses.map((status) => [status, OWN_PROBLEMS[status]]));
  return ApiAccessProblems(descriptions);
}

/** Documents the problems of an endpoint that takes uploads. */
export function ApiUpload(): MethodDecorator {
  return ApiAccessProblems({
    400: 'The query is not valid, the upload cannot be read, or it credits points and has no key. Nothing of it was kept.',
    408: 'The upload was cut off, or fell silent. Nothing of it was kept.',
    409: 'A request with the same key is being worked on.',
    413: 'The upload is over the limit. Nothing of it was kept.',
    415: 'The body or its file is of another type, such as an Excel workbook, or encoded in another way.',
    422: 'The key belongs to another request.',
    500: 'The service failed.',
    503: 'The database cannot be reached; try again after `Retry-After`.',
  });
}

/** Documents the problems of an endpoint that reads from the vendor. */
export function ApiRead(): MethodDecorator {
  return applyDecorators(
    ...headers,
    ApiAccessProblems({
      ...PROBLEMS,
      404: 'The vendor knows no such customer.',
      422: 'The vendor refuses the search.',
      502: 'The vendor failed, or refuses this service.',
      503: 'The vendor cannot be reached or is busy; try again after `Retry-After`.',
    }),
  );
}
