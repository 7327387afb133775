var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { AssociationsController } from './associations.controller.js';
import { ChildrenController } from './children.controller.js';
import { ChildrenService } from './children.service.js';
/** Associates customers with a hierarchy, role, company, parent or children, and lists the children. */
let HierarchyModule = class HierarchyModule {
};
HierarchyModule = __decorate([
    Module({
        imports: [WritesModule, UpstreamModule],
        controllers: [AssociationsController, ChildrenController],
        providers: [ChildrenService],
    })
], HierarchyModule);
export { HierarchyModule };
//# sourceMappingURL=hierarchy.module.js.map