var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Injectable } from '@nestjs/common';
import { isReservedName } from './json-body.js';
import { invalidRequest } from '../problems/problem.js';
import { validateAs } from './validate-as.js';
function read({ metatype }, given) {
    return validateAs(metatype, given);
}
/** Validates a body as its DTO class. */
let ValidBody = class ValidBody {
    transform(given, metadata) {
        const validated = read(metadata, given);
        if ('mistakes' in validated)
            throw invalidRequest(validated.mistakes);
        return validated.value;
    }
};
ValidBody = __decorate([
    Injectable()
], ValidBody);
export { ValidBody };
/** Validates a query as its DTO class; a mistake has the name of its parameter. */
let ValidQuery = class ValidQuery {
    transform(given, metadata) {
        const reserved = Object.keys(given).filter(isReservedName);
        if (reserved.length > 0) {
            throw invalidRequest(reserved.map((parameter) => ({ parameter, message: 'is not an allowed name' })));
        }
        const validated = read(metadata, { ...given });
        if ('value' in validated)
            return validated.value;
        throw invalidRequest(validated.mistakes.map(({ pointer = '', message }) => ({ parameter: pointer.slice(1), message })));
    }
};
ValidQuery = __decorate([
    Injectable()
], ValidQuery);
export { ValidQuery };
//# sourceMappingURL=valid.pipes.js.map