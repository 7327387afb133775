import type { ClassConstructor } from 'class-transformer';
import type { Settings } from '../config/settings.js';
import type { Route, Update } from '../delivery/update.js';
import { checkUpdate } from '../security/check-bounds.js';
import { checkScopes } from '../security/check-scopes.js';
import type { Bounds } from '../security/principal.js';
import type { Scope } from '../security/scopes.js';
import { validateAs } from '../validation/validate-as.js';
import type { NotAccepted } from './to-outcome-dto.js';
import type { UpdateKind } from './update-kind.js';

/** What decides how an item becomes an update, besides its kind. */
export interface Preparation {
  readonly route: Route;
  /** The bounds of the caller. */
  readonly bounds: Bounds;
  /** The scopes of the caller. */
  readonly scopes: ReadonlySet<Scope>;
  readonly settings: Settings;
}

/** An item that may be sent, with its defaults filled in and as an update; or why it may not be sent. */
export type PreparedUpdate = { readonly dto: unknown; readonly update: Update } | NotAccepted;

/**
 * Fills in defaults, validates, translates, and checks the scopes and the bounds of the caller.
 *
 * @param sent the item as it was sent
 * @param as the class to validate it as, and where it is in the body
 */
export function prepareUpdate<T extends object>(
  kind: UpdateKind<T>,
  sent: unknown,
  { route, bounds, scopes, settings }: Preparation,
  as: { readonly dto: ClassConstructor<T>; readonly pointer: string } = { dto: kind.dto, pointer: '' },
): PreparedUpdate {
  const dto = kind.withDefaults?.(sent, settings) ?? sent;
  const validated = validateAs(as.dto, dto, as.pointer);
  if ('mistakes' in validated) return { outcome: 'invalid', mistakes: validated.mistakes };
  const update = kind.translate(validated.value, route);
  const missing = checkScopes(update, scopes, as.pointer);
  if (missing.length > 0) return { outcome: 'insufficient-scope', mistakes: missing };
  const mistakes = checkUpdate(update, bounds, as.pointer);
  return mistakes.length > 0 ? { outcome: 'out-of-bounds', mistakes } : { dto, update };
}
