var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Injectable } from '@nestjs/common';
/** Tracks whether the service is ready, and which components are not and why. */
let HealthRegistry = class HealthRegistry {
    isLeaving = false;
    shuttingDown = false;
    components = new Map();
    /** Reads the state of the vendor; undefined until delivery has provided it. */
    vendorState;
    /** Whether new requests are refused. */
    get isShuttingDown() {
        return this.shuttingDown;
    }
    /** Makes the service not ready, while it goes on serving. */
    announceShutdown() {
        this.isLeaving = true;
    }
    /** @param whyNotReady returns a fixed sentence while the component cannot work */
    register(component, whyNotReady) {
        this.components.set(component, whyNotReady);
    }
    /** @returns a fixed sentence for each component that is not ready */
    notReady() {
        const reasons = this.isLeaving ? { service: 'shutting down' } : {};
        for (const [component, whyNotReady] of this.components) {
            const why = whyNotReady();
            if (why !== undefined)
                reasons[component] = why;
        }
        return reasons;
    }
    beforeApplicationShutdown() {
        this.isLeaving = true;
        this.shuttingDown = true;
    }
};
HealthRegistry = __decorate([
    Injectable()
], HealthRegistry);
export { HealthRegistry };
//# sourceMappingURL=health-registry.js.map