var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { RecordsModule } from '../records/records.module.js';
import { AuthorizedHttp } from './authorized-http.js';
import { BulkClient } from './bulk.client.js';
import { CallBudget } from './call-budget.js';
import { CallQuota } from './call-quota.js';
import { Credentials } from './credentials.js';
import { PacedHttp } from './paced-http.js';
import { ChildrenClient } from './reads/children.client.js';
import { SharedBudget } from './shared-budget.js';
import { TokenSource } from './token.source.js';
import { VendorHttp, vendorHttpOptions } from './vendor-http.js';
/** The vendor: the only room that knows its words for status, errors and tokens. */
let UpstreamModule = class UpstreamModule {
};
UpstreamModule = __decorate([
    Module({
        imports: [RecordsModule, HttpModule.registerAsync({ inject: [Settings], useFactory: vendorHttpOptions })],
        providers: [
            {
                provide: CallBudget,
                inject: [Settings],
                useFactory: (settings) => new CallBudget(settings.UPSTREAM_CALLS_PER_MINUTE),
            },
            SharedBudget,
            CallQuota,
            VendorHttp,
            PacedHttp,
            TokenSource,
            Credentials,
            AuthorizedHttp,
            BulkClient,
            ChildrenClient,
        ],
        exports: [AuthorizedHttp, BulkClient, CallQuota, ChildrenClient],
    })
], UpstreamModule);
export { UpstreamModule };
//# sourceMappingURL=upstream.module.js.map