import type { ClassConstructor } from 'class-transformer';
import type { Settings } from '../config/settings.js';
import type { Route, Update } from '../delivery/update.js';
import type { Scope } from '../security/scopes.js';

/**
 * One kind of update, as its feature declares it. Requests for one update, batches and imports all work from this, so
 * that a rule holds on every way in.
 */
export interface UpdateKind<T extends object = object> {
  /** The property that holds the items of a batch, and the kind of an import; `customers`. */
  readonly name: string;
  /** The kind of the updates that it translates to. */
  readonly updates: Update['kind'];
  /**
   * A caller needs one of these scopes before the body is read. Where there are several, each part of the update
   * also needs its own.
   */
  readonly scopes: readonly [Scope, ...Scope[]];
  /** The body of a request for one update, and a line of an import. */
  readonly dto: ClassConstructor<T>;
  /** An item of a batch: the same with an `idempotencyKey`. */
  readonly itemDto: ClassConstructor<T>;
  /** The body of a batch. */
  readonly batchDto: ClassConstructor<object>;
  /** Fills in configured defaults before validation; absent where the kind has none. */
  readonly withDefaults?: (sent: unknown, settings: Settings) => unknown;
  /** Whether an item asks for points, before it is validated; absent where no item of the kind can. */
  readonly creditsPoints?: (sent: unknown) => boolean;
  /** @param dto an item that was validated as `dto` or `itemDto` */
  // A method, so that a kind of a certain DTO is also a kind of objects.
  translate(dto: T, route: Route): Update;
}
