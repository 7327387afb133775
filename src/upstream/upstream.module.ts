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
@Module({
  imports: [RecordsModule, HttpModule.registerAsync({ inject: [Settings], useFactory: vendorHttpOptions })],
  providers: [
    {
      provide: CallBudget,
      inject: [Settings],
      useFactory: (settings: Settings) => new CallBudget(settings.UPSTREAM_CALLS_PER_MINUTE),
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
  exports: [AuthorizedHttp, BulkClient, CallQuota, ChildrenClient, VendorHttp],
})
export class UpstreamModule {}
