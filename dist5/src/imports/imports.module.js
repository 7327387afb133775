var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { WritesModule } from '../writes/writes.module.js';
import { RecordsModule } from '../records/records.module.js';
import { OneImportController } from './one-import.controller.js';
import { ImportSweep } from './run/import-sweep.js';
import { ImportWorker } from './run/import.worker.js';
import { ImportsController } from './imports.controller.js';
import { UploadService } from './upload/upload.service.js';
/** Provides imports: durable jobs of many updates. */
let ImportsModule = class ImportsModule {
};
ImportsModule = __decorate([
    Module({
        imports: [DeliveryModule, WritesModule, RecordsModule],
        controllers: [ImportsController, OneImportController],
        providers: [ImportSweep, ImportWorker, UploadService],
    })
], ImportsModule);
export { ImportsModule };
//# sourceMappingURL=imports.module.js.map