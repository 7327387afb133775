import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import createRouter from 'find-my-way';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Records the methods of every endpoint for 405 and its Allow header; the framework itself responds only with 404. */
@Injectable()
export class AllowedMethods {
  private readonly endpoints = createRouter();

  /** Records every endpoint that is registered from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) {
        const known = METHODS.find((candidate) => candidate === one);
        if (known && !this.endpoints.hasRoute(known, url)) this.endpoints.on(known, url, () => undefined);
      }
    });
  }

  of(path: string): string[] {
    return METHODS.filter((method) => this.endpoints.find(method, path) !== null);
  }
}
