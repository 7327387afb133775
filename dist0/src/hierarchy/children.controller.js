var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
import * as openapi_import_1 from "./dto/children-answer.dto.js";
import * as openapi from "@nestjs/swagger";
import { Body, Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Settings } from '../config/settings.js';
import { ApiRead } from '../writes/api-responses.decorator.js';
import { AccountQueryDto } from '../writes/dto/route-query.dto.js';
import { resolveRoute } from '../writes/resolve-route.js';
import { RequestOptions } from '../http/request-timeout.decorator.js';
import { ValidBody, ValidQuery } from '../validation/valid.pipes.js';
import { RequireScope } from '../security/access.decorator.js';
import { callerOf } from '../security/principal.js';
import { ChildrenService } from './children.service.js';
import { ChildrenAnswerDto } from './dto/children-answer.dto.js';
import { ChildrenSearchDto } from './dto/children-search.dto.js';
import { CHILDREN_EXAMPLES } from './hierarchy-examples.js';
let ChildrenController = class ChildrenController {
    children;
    settings;
    constructor(children, settings) {
        this.children = children;
        this.settings = settings;
    }
    /** Lists the customers below a parent or a company. The search is a POST, as personal data must not be in a URL. */
    async searchChildren(search, query, options, request) {
        return this.children.search(search, resolveRoute(query, this.settings, callerOf(request)), options);
    }
};
__decorate([
    openapi.ApiOperation({ summary: "Lists the customers below a parent or a company. The search is a POST, as personal data must not be in a URL." }),
    Post('search'),
    RequireScope('hierarchy:read'),
    HttpCode(200),
    ApiRead(),
    ApiOkResponse({ type: ChildrenAnswerDto, description: 'A page of customers.' }),
    ApiBody({ type: ChildrenSearchDto, examples: CHILDREN_EXAMPLES }),
    __param(0, Body(ValidBody)),
    __param(1, Query(ValidQuery)),
    __param(2, RequestOptions()),
    __param(3, Req()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [ChildrenSearchDto,
        AccountQueryDto, Object, Object]),
    __metadata("design:returntype", Promise)
], ChildrenController.prototype, "searchChildren", null);
ChildrenController = __decorate([
    ApiTags('hierarchy'),
    Controller('v1/hierarchy/children'),
    __metadata("design:paramtypes", [ChildrenService,
        Settings])
], ChildrenController);
export { ChildrenController };
//# sourceMappingURL=children.controller.js.map