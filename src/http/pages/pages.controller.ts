import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Problem } from '../../problems/problem.js';
import { PROBLEM_PAGES, type ProblemType } from '../../problems/problem-catalog.js';
import { Public } from '../../security/access.decorator.js';
import { escapeHtml, renderPage, renderSentence } from './html.js';
import { PAGE_STYLE } from './page-style.js';

const HTML = 'text/html; charset=utf-8';

/** What a person may look for first: a path, and what is there. */
const PLACES = [
  ['/docs', 'The API, with examples to try'],
  ['/openapi.json', 'Its document (OpenAPI), from which clients can be generated'],
  ['/problems', 'Every problem that a response may report, and what to do'],
  ['/health/ready', 'Whether the service accepts requests'],
] as const;

function isProblemType(type: string): type is ProblemType {
  return Object.hasOwn(PROBLEM_PAGES, type);
}

/** Serves the pages for people: the first one, the ones that the `type` of a problem refers to, and their style. */
@ApiExcludeController()
@Controller()
export class PagesController {
  @Get()
  @Public()
  @Header('Content-Type', HTML)
  start(): string {
    const rows = PLACES.map(
      ([path, about]) => `<tr><td><a href="${path}">${path}</a></td><td>${escapeHtml(about)}</td></tr>`,
    );
    return renderPage(
      'Start',
      '<h1>Meniscus</h1><p>Small, simple, validated requests in; few, safe bulk calls to the vendor out; one true outcome ' +
        `for every update.</p><table><tbody>${rows.join('')}</tbody></table>`,
    );
  }

  @Get('style.css')
  @Public()
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return PAGE_STYLE;
  }

  @Get('problems')
  @Public()
  @Header('Content-Type', HTML)
  listProblems(): string {
    const rows = Object.entries(PROBLEM_PAGES).map(
      ([type, { status, title }]) =>
        `<tr><td><a href="/problems/${type}">${type}</a></td><td>${status}</td><td>${renderSentence(title)}</td></tr>`,
    );
    return renderPage(
      'Problems',
      '<h1>Problems</h1><table><thead><tr><th scope="col">Type</th><th scope="col">Status</th>' +
        `<th scope="col">Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
    );
  }

  @Get('problems/:type')
  @Public()
  @Header('Content-Type', HTML)
  explainProblem(@Param('type') type: string): string {
    if (!isProblemType(type)) {
      throw new Problem('endpoint-not-found', { detail: 'There is no such problem type.' });
    }
    const { title, status, explanation, whatToDo } = PROBLEM_PAGES[type];
    return renderPage(
      title,
      `<h1>${renderSentence(title)}</h1><p class="muted"><code>${type}</code>, HTTP ${status}</p>` +
        `<p>${renderSentence(explanation)}</p><h2>What to do</h2><p>${renderSentence(whatToDo)}</p>`,
    );
  }
}
