var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Settings } from '../config/settings.js';
/** Leaves time for responses that are still being written when the drain is over. */
const LAST_RESPONSES_MS = 1000;
/** Closes the connections that are still open when the drain is over, such as those of callers that do not read. */
let ConnectionDrain = class ConnectionDrain {
    host;
    settings;
    constructor(host, settings) {
        this.host = host;
        this.settings = settings;
    }
    beforeApplicationShutdown() {
        const server = this.host.httpAdapter.getInstance().server;
        setTimeout(() => server.closeAllConnections(), this.settings.DRAIN_TIMEOUT_MS + LAST_RESPONSES_MS).unref();
    }
};
ConnectionDrain = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [HttpAdapterHost,
        Settings])
], ConnectionDrain);
export { ConnectionDrain };
//# sourceMappingURL=connection-drain.js.map