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
import * as openapi from "@nestjs/swagger";
import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../security/access.decorator.js';
import { Problem } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
const HTML = 'text/html; charset=utf-8';
function page(title, body) {
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}
function isProblemType(type) {
    return Object.hasOwn(PROBLEM_PAGES, type);
}
/** Serves the pages that the `type` of a problem refers to. */
let ProblemsController = class ProblemsController {
    list() {
        const rows = Object.entries(PROBLEM_PAGES).map(([type, { status, title }]) => `<li><a href="/problems/${type}">${type}</a> (${status}): ${title}</li>`);
        return page('Problems', `<h1>Problems</h1><ul>${rows.join('')}</ul>`);
    }
    explain(type) {
        if (!isProblemType(type)) {
            throw new Problem('endpoint-not-found', { detail: 'There is no such problem type.' });
        }
        const { title, status, explanation, whatToDo } = PROBLEM_PAGES[type];
        return page(title, `<h1>${title}</h1><p><code>${type}</code>, HTTP ${status}</p><p>${explanation}</p>` +
            `<h2>What to do</h2><p>${whatToDo}</p><p><a href="/problems">All problems</a></p>`);
    }
};
__decorate([
    Get(),
    Public(),
    Header('Content-Type', HTML),
    openapi.ApiResponse({ status: 200, type: String }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", String)
], ProblemsController.prototype, "list", null);
__decorate([
    Get(':type'),
    Public(),
    Header('Content-Type', HTML),
    openapi.ApiResponse({ status: 200, type: String }),
    __param(0, Param('type')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", String)
], ProblemsController.prototype, "explain", null);
ProblemsController = __decorate([
    ApiExcludeController(),
    Controller('problems')
], ProblemsController);
export { ProblemsController };
//# sourceMappingURL=problems.controller.js.map