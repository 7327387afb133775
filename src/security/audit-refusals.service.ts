import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditLog } from '../observability/audit-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { callerId, logNameOf } from './principal.js';
import type { Problem } from '../problems/problem.js';

/** Refusals of one address in a minute that have events of their own; more would let a stranger fill the disk. */
const EVENTS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Writes one audit event for each refusal of access, and one for all the others where an address is refused very often. */
@Injectable()
export class RefusalAudit implements OnModuleDestroy {
  /** Refusals in this minute, by the hash of the address. */
  private readonly counts = new Map<string, number>();
  private readonly timer = setInterval(() => this.writeOthers(), MINUTE_MS).unref();

  constructor(
    private readonly audit: AuditLog,
    private readonly hash: KeyedHash,
  ) {}

  write(request: FastifyRequest, { type, status }: Problem): void {
    const address = this.hash.ofAddress(request.ip);
    const count = (this.counts.get(address) ?? 0) + 1;
    this.counts.set(address, count);
    if (count > EVENTS_PER_MINUTE) return;
    this.audit.write('access.refused', {
      requestId: request.id,
      principal: request.principal && logNameOf(callerId(request)),
      address,
      method: request.method,
      endpoint: request.routeOptions.url ?? 'none',
      status,
      problem: type,
    });
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.writeOthers();
  }

  private writeOthers(): void {
    for (const [address, count] of this.counts) {
      const itemCount = count - EVENTS_PER_MINUTE;
      if (itemCount > 0) this.audit.write('access.refused-often', { address, itemCount });
    }
    this.counts.clear();
  }
}
