import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../security/access.decorator.js';
import { Problem } from '../problems/problem.js';
import { PROBLEM_PAGES, type ProblemType } from '../problems/problem-catalog.js';

const HTML = 'text/html; charset=utf-8';

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;
}

function isProblemType(type: string): type is ProblemType {
  return Object.hasOwn(PROBLEM_PAGES, type);
}

/** Serves the pages that the `type` of a problem refers to. */
@ApiExcludeController()
@Controller('problems')
export class ProblemsController {
  @Get()
  @Public()
  @Header('Content-Type', HTML)
  list(): string {
    const rows = Object.entries(PROBLEM_PAGES).map(
      ([type, { status, title }]) => `<li><a href="/problems/${type}">${type}</a> (${status}): ${title}</li>`,
    );
    return page('Problems', `<h1>Problems</h1><ul>${rows.join('')}</ul>`);
  }

  @Get(':type')
  @Public()
  @Header('Content-Type', HTML)
  explain(@Param('type') type: string): string {
    if (!isProblemType(type)) {
      throw new Problem('endpoint-not-found', { detail: 'There is no such problem type.' });
    }
    const { title, status, explanation, whatToDo } = PROBLEM_PAGES[type];
    return page(
      title,
      `<h1>${title}</h1><p><code>${type}</code>, HTTP ${status}</p><p>${explanation}</p>` +
        `<h2>What to do</h2><p>${whatToDo}</p><p><a href="/problems">All problems</a></p>`,
    );
  }
}
