/** Runs `work` over all items, `width` at a time; results in the order of the items. */
export declare const inTurns: <T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>) => Promise<R[]>;
