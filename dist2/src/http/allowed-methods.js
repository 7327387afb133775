var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Injectable } from '@nestjs/common';
import createRouter from 'find-my-way';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Records the methods of every endpoint for 405 and its Allow header; the framework itself responds only with 404. */
let AllowedMethods = class AllowedMethods {
    endpoints = createRouter();
    /** Records every endpoint that is registered from now on. */
    watch(server) {
        server.addHook('onRoute', ({ method, url }) => {
            for (const one of [method].flat()) {
                const known = METHODS.find((candidate) => candidate === one);
                if (known && !this.endpoints.hasRoute(known, url))
                    this.endpoints.on(known, url, () => undefined);
            }
        });
    }
    of(path) {
        return METHODS.filter((method) => this.endpoints.find(method, path) !== null);
    }
};
AllowedMethods = __decorate([
    Injectable()
], AllowedMethods);
export { AllowedMethods };
//# sourceMappingURL=allowed-methods.js.map