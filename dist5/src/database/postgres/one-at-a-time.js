/** Creates a function that runs work one after the other, in order: a session takes one statement at a time. */
export function oneAtATime() {
    let last = Promise.resolve();
    return (work) => {
        const result = last.then(work);
        last = result.catch(() => undefined);
        return result;
    };
}
//# sourceMappingURL=one-at-a-time.js.map