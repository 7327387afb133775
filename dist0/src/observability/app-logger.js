/** Whether an argument is the stack of an error: Nest passes it beside the error or its message, which the stack starts with. */
function isStack(argument) {
    return typeof argument === 'string' && argument.includes('\n    at ');
}
/** Writes the framework's own lines, so that they are structured like ours; the last argument is the context. */
export class AppLogger {
    pino;
    constructor(pino) {
        this.pino = pino;
    }
    verbose(message, ...others) {
        this.write('trace', message, others);
    }
    debug(message, ...others) {
        this.write('debug', message, others);
    }
    log(message, ...others) {
        this.write('info', message, others);
    }
    warn(message, ...others) {
        this.write('warn', message, others);
    }
    error(message, ...others) {
        this.write('error', message, others);
    }
    fatal(message, ...others) {
        this.write('fatal', message, others);
    }
    write(level, message, others) {
        const stack = others.find(isStack);
        const context = others.at(-1);
        const fields = typeof context === 'string' && !isStack(context) ? { context } : {};
        if (message instanceof Error)
            this.pino[level]({ ...fields, err: message });
        else if (typeof message === 'object')
            this.pino[level]({ ...fields, ...message });
        else if (stack === undefined)
            this.pino[level](fields, message);
        else
            this.pino[level]({ ...fields, err: Object.assign(new Error(message), { stack }) });
    }
}
//# sourceMappingURL=app-logger.js.map