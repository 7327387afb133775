import type { CustomerKey } from './customer-key.js';
import { type Route, type Update, ownedKeys } from './update.js';

/** Most updates in one call, for each kind of update. */
export type CallBounds = Readonly<Record<Update['kind'], number>>;

/** A bulk call that is planned: of one lane, in one wave. */
interface PlannedCall {
  readonly lane: string;
  readonly wave: number;
  readonly positions: number[];
}

/** Says which updates may share a call. */
function laneOf({ route, kind }: Update): string {
  const { source, accountId, attribution }: Route = route;
  return JSON.stringify([source, accountId, attribution?.type, attribution?.code, kind]);
}

/** Where a customer was last touched: nobody may touch it again in that wave, but those who only name it in that call. */
interface Touch {
  readonly wave: number;
  /** Set while the customer was only named: as the parent of all who did. */
  readonly namedIn?: PlannedCall;
}

/**
 * Packs updates into bulk calls of one route and kind, within the bounds.
 *
 * The calls come in waves: those of one wave may fly side by side, the next wave waits for them. Updates that own a
 * customer in common never share a wave, and keep the order in which they came. Updates that only name the same parent
 * may stand in one call, in order, but never in two calls of one wave, nor beside an update of the parent itself.
 *
 * @returns waves of calls; a call is a list of positions in `updates`
 */
export function packBulkCalls(updates: readonly Update[], bounds: CallBounds): number[][][] {
  const calls: PlannedCall[] = [];
  const open = new Map<string, PlannedCall>();
  const touches = new Map<CustomerKey, Touch>();

  updates.forEach((update, position) => {
    const lane = laneOf(update);
    const hasRoom = (call: PlannedCall): boolean =>
      call.lane === lane && call.positions.length < bounds[update.kind];
    const ownTouches = ownedKeys(update).flatMap((key) => touches.get(key) ?? []);
    const parentTouches = update.parent.flatMap((key) => touches.get(key) ?? []);
    const afterOwn = Math.max(0, ...ownTouches.map(({ wave }) => wave + 1));

    // Beside those who name the same parent, where nothing else stands in the way.
    const siblings = parentTouches[0]?.namedIn;
    const canJoin =
      siblings !== undefined &&
      parentTouches.every(({ namedIn }) => namedIn === siblings) &&
      siblings.wave >= afterOwn &&
      hasRoom(siblings);
    const wave = canJoin
      ? siblings.wave
      : Math.max(afterOwn, ...parentTouches.map((touch) => touch.wave + 1));
    const known = canJoin ? siblings : open.get(`${wave} ${lane}`);
    const call = known && hasRoom(known) ? known : { lane, wave, positions: [] };
    if (call !== known) {
      calls.push(call);
      open.set(`${wave} ${lane}`, call);
    }
    call.positions.push(position);
    for (const key of update.parent) touches.set(key, { wave, namedIn: call });
    for (const key of ownedKeys(update)) touches.set(key, { wave }); // to own is more than to name
  });

  const waveCount = Math.max(-1, ...calls.map(({ wave }) => wave)) + 1;
  return Array.from({ length: waveCount }, (_, wave) =>
    calls.filter((call) => call.wave === wave).map(({ positions }) => positions),
  );
}
