import { Module } from '@nestjs/common';
import { WritesModule } from '../writes/writes.module.js';
import { UpstreamModule } from '../upstream/upstream.module.js';
import { AssociationsController } from './associations.controller.js';
import { ChildrenController } from './children.controller.js';
import { ChildrenService } from './children.service.js';

/** Associates customers with a hierarchy, role, company, parent or children, and lists the children. */
@Module({
  imports: [WritesModule, UpstreamModule],
  controllers: [AssociationsController, ChildrenController],
  providers: [ChildrenService],
})
export class HierarchyModule {}
