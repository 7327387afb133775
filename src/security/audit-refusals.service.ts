import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditLog } from '../observability/audit-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { callerId, logNameOf } from './principal.js';
import type { Problem } from '../problems/problem.js';

/** How many refusals of one address are recorded singly in a minute; an attacker must not be able to fill the disk. */
const EVENTS_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Writes one audit event for each refusal of access; above a limit for each address, one event summarizes the others. */
@Injectable()
export class RefusalAudit implements OnModuleDestroy {
  /** The number of refusals in this minute, by the hash of the address. */
  private readonly counts = new Map<string, number>();
  private readonly timer = setInterval(() => this.writeSummaries(), MINUTE_MS).unref();

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
    this.writeSummaries();
  }

  private writeSummaries(): void {
    for (const [address, count] of this.counts) {
      const itemCount = count - EVENTS_PER_MINUTE;
      if (itemCount > 0) this.audit.write('access.refusals-summarized', { address, itemCount });
    }
    this.counts.clear();
  }
}
