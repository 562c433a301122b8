/** Resolves to the first value of `look` that is not `undefined` or false; throws at the deadline and says what was waited for. */
export declare const until: <T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false, deadlineMs?: number) => Promise<T>;
