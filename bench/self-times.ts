/** The part of a `node --cpu-prof` file that is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time spent in one function itself, not in what it called. */
export interface SelfTime {
  readonly place: string;
  readonly ms: number;
  /** The share of the time in which the process was busy. */
  readonly share: number;
}

/** Frames that are no work of the service. */
const IDLE = ['(idle)', '(root)'];

/** `src/delivery/delivery.service.js`, `fastify/lib/reply.js`, `node:internal/timers`, or what V8 does itself. */
function fileOf(url: string): string {
  const [, inPackage] = /.*\/node_modules\/(.+)$/.exec(url) ?? [];
  const [, inService] = /\/dist\/(.+)$/.exec(url) ?? [];
  return inPackage ?? inService ?? (url || 'V8');
}

/** `src/delivery`, `fastify`, `@nestjs/core`, `node`, `V8`. */
function roomOf(file: string): string {
  if (file.startsWith('node:')) return 'node';
  const [first = '', second = ''] = file.split('/');
  return first === 'src' || first.startsWith('@') ? `${first}/${second}` : first;
}

/** Adds up self times by function and by room, the longest first. */
export function readSelfTimes(text: string): { functions: SelfTime[]; rooms: SelfTime[] } {
  const { nodes, samples, timeDeltas } = JSON.parse(text) as CpuProfile;
  const places = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map<string, number>();
  const rooms = new Map<string, number>();
  let totalMs = 0;
  samples.forEach((id, index) => {
    const frame = places.get(id);
    if (!frame || IDLE.includes(frame.functionName)) return;
    const ms = (timeDeltas[index] ?? 0) / 1000;
    const file = fileOf(frame.url);
    const place = `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1}`;
    totalMs += ms;
    functions.set(place, (functions.get(place) ?? 0) + ms);
    rooms.set(roomOf(file), (rooms.get(roomOf(file)) ?? 0) + ms);
  });
  const ranked = (times: ReadonlyMap<string, number>): SelfTime[] =>
    [...times]
      .map(([place, ms]) => ({ place, ms, share: ms / totalMs }))
      .toSorted((one, other) => other.ms - one.ms);
  return { functions: ranked(functions), rooms: ranked(rooms) };
}
