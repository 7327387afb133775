import { requestContext } from './request-context.js';
/** Writes one structured line per fact, named `subject.happened`; within a request it carries the request's id. */
export class EventLog {
    pino;
    constructor(pino) {
        this.pino = pino;
    }
    write(level, event, facts = {}) {
        this.pino[level]({ event, ...facts });
    }
    /** Writes the access event of a request, from wherever its response ended. */
    access(context, facts) {
        context.isOver = true;
        requestContext.run(context, () => this.pino.info({ ...context.facts, ...facts }, 'request'));
    }
    /**
     * Adds facts to the access event of the request. Without one to come, in background work or after the caller left, they
     * are an event of their own.
     */
    conclude(event, facts) {
        const context = requestContext.getStore();
        if (context)
            context.facts = { ...context.facts, ...facts };
        if (!context || context.isOver)
            this.write('info', event, facts);
    }
    /** Adds the name of the principal to every later line of the request. */
    identify(principal) {
        const context = requestContext.getStore();
        if (context === undefined)
            throw new Error('only a request has a principal');
        context.principal = principal;
    }
    /** Logs an unexpected error: its kind and places, and not its message, which may quote data of the caller. */
    fault(event, error, facts = {}) {
        this.pino.error({ event, ...facts, fault: describeFault(error) });
    }
}
/** Matches a stack line that names a place. */
const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>)\)?$/;
/** Returns the kind and the places of an error, without its message, which its stack starts with. */
export function describeFault(error) {
    if (!(error instanceof Error))
        return { kind: typeof error, at: [] };
    const { stack = '', message } = error;
    const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
    const at = frames.split('\n').filter((line) => FRAME.test(line));
    const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
    return { kind: error.name, ...code, at: at.slice(0, 12).map((line) => line.trim()) };
}
//# sourceMappingURL=event-log.js.map