const SIGNALS = ['SIGTERM', 'SIGINT'];
/**
 * Ends the process on SIGTERM and SIGINT. In a container it is process 1, which the kernel does not end by itself, so a
 * signal without a handler would be lost.
 *
 * @returns a function that sets what to do before the end; until then there is nothing to do
 */
export function stopOnSignals() {
    let drain;
    let isStopping = false;
    const stop = async () => {
        if (isStopping)
            return;
        isStopping = true;
        try {
            await drain?.();
        }
        finally {
            process.exit();
        }
    };
    for (const signal of SIGNALS)
        process.on(signal, () => void stop());
    return (before) => {
        drain = before;
    };
}
//# sourceMappingURL=stop-on-signals.js.map