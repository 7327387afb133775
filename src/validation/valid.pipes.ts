import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import { RESERVED, isReservedName } from './json-body.js';
import { invalidRequest } from '../problems/problem.js';
import { validateAs } from './validate-as.js';

function read({ metatype }: ArgumentMetadata, given: unknown) {
  return validateAs(metatype as ClassConstructor<object>, given);
}

/** Validates a body as its DTO class. */
@Injectable()
export class ValidBody implements PipeTransform<unknown, object> {
  transform(given: unknown, metadata: ArgumentMetadata): object {
    const validated = read(metadata, given);
    if ('mistakes' in validated) throw invalidRequest(validated.mistakes);
    return validated.value;
  }
}

/** Validates a query as its DTO class; a mistake has the name of its parameter. */
@Injectable()
export class ValidQuery implements PipeTransform<unknown, object> {
  transform(given: unknown, metadata: ArgumentMetadata): object {
    const reserved = Object.keys(given as object).filter(isReservedName);
    if (reserved.length > 0) {
      throw invalidRequest(reserved.map((parameter) => ({ parameter, ...RESERVED })));
    }
    const validated = read(metadata, { ...(given as object) });
    if ('value' in validated) return validated.value;
    throw invalidRequest(
      validated.mistakes.map(({ pointer = '', ...mistake }) => ({ parameter: pointer.slice(1), ...mistake })),
    );
  }
}
