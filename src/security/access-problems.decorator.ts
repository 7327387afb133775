import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../problems/problem.dto.js';

/** The access problems of every endpoint that is not public. */
const ACCESS_PROBLEMS: Readonly<Record<number, string>> = {
  401: 'The request has no key and no token, or one that is not accepted.',
  403: 'The key or token lacks the scope; or is bound to something else than the request asks for.',
  429: 'The limits of the key or token are spent, or too many requests from this address had none that is valid; try again after `Retry-After`.',
};

/**
 * Documents the problems of an endpoint that is not public: those of access, and its own.
 *
 * @param own a description for each further status, or another one for one of these
 */
export function ApiAccessProblems(own: Readonly<Record<number, string>> = {}): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...Object.entries({ ...ACCESS_PROBLEMS, ...own }).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
      }),
    ),
  );
}
