var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Catch, HttpException, Injectable } from '@nestjs/common';
import { noteForAudit } from '../observability/audit-facts.js';
import { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import { KeyMissing } from '../records/encryption/field-cipher.js';
import { ACCESS_REFUSALS } from '../security/access-refusals.js';
import { AllowedMethods } from './allowed-methods.js';
import { MAX_BODY_BYTES } from '../validation/json-body.js';
import { Problem, sendProblem } from '../problems/problem.js';
import { RefusalAudit } from '../security/audit-refusals.service.js';
/** Maps every error after routing to a problem, which never contains the text of the error. */
let ProblemFilter = class ProblemFilter {
    allowed;
    log;
    refusals;
    constructor(allowed, log, refusals) {
        this.allowed = allowed;
        this.log = log;
        this.refusals = refusals;
    }
    catch(error, host) {
        const request = host.switchToHttp().getRequest();
        const reply = host.switchToHttp().getResponse();
        const problem = this.problemOf(error, request);
        if (error instanceof KeyMissing)
            this.log.write('error', 'data-keys.missing', { keyIds: [error.keyId] });
        if (problem.type === 'internal-error')
            this.log.fault('request.fault', error);
        else
            this.log.conclude('request.refused', { problem: problem.type });
        if (ACCESS_REFUSALS.has(problem.type)) {
            this.refusals.write(request, problem);
            request.auditFacts = null;
        }
        else
            noteForAudit(request, { problem: problem.type });
        sendProblem(reply, problem, request.id);
    }
    problemOf(error, request) {
        if (error instanceof Problem)
            return error;
        if (error instanceof DatabaseUnavailable)
            return new Problem('storage-unavailable', { retryAfterMs: 1000 });
        if (error instanceof KeyMissing)
            return new Problem('stored-data-locked', { retryAfterMs: 60_000 });
        const status = error instanceof HttpException ? error.getStatus() : 500;
        switch (status) {
            case 403: // an invalid path of a file of Swagger UI; a missing scope is a Problem already
                return new Problem('endpoint-not-found', { detail: 'There is no such endpoint.' });
            case 404:
                return this.notFound(request);
            case 400:
                return new Problem('malformed-json', { detail: 'The body cannot be read.' });
            case 408:
                return new Problem('request-timeout', { detail: 'The request did not arrive in time.' });
            case 413:
                return new Problem('body-too-large', {
                    detail: `The body is over the limit of ${MAX_BODY_BYTES} bytes.`,
                });
            case 415:
                return new Problem('unsupported-media-type', { detail: 'The body must be application/json.' });
            default:
                return new Problem('internal-error', {
                    detail: 'The service failed; the log has the error under the request id.',
                });
        }
    }
    notFound(request) {
        const path = request.url.split('?', 1)[0] ?? '';
        const methods = this.allowed.of(path);
        if (methods.length === 0)
            return new Problem('endpoint-not-found', { detail: 'There is no such endpoint.' });
        const Allow = methods.join(', ');
        return new Problem('method-not-allowed', {
            detail: `The endpoint supports ${Allow}.`,
            headers: { Allow },
        });
    }
};
ProblemFilter = __decorate([
    Catch(),
    Injectable(),
    __metadata("design:paramtypes", [AllowedMethods,
        EventLog,
        RefusalAudit])
], ProblemFilter);
export { ProblemFilter };
//# sourceMappingURL=problem.filter.js.map