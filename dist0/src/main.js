import { stopOnSignals } from './stop-on-signals.js';
const drainBeforeStop = stopOnSignals();
// Later, because it takes most of the start to load, and a signal must not be lost meanwhile.
const { serve } = await import('./serve.js');
await serve(drainBeforeStop);
//# sourceMappingURL=main.js.map