import { setInterval as ticks } from 'node:timers/promises';
/** Resolves to the first value of `look` that is not `undefined` or false; throws at the deadline and says what was waited for. */
export const until = async (what, look, deadlineMs = 30_000) => {
    const began = performance.now();
    const first = await look();
    if (first !== undefined && first !== false)
        return first;
    for await (const _ of ticks(50)) {
        const seen = await look();
        if (seen !== undefined && seen !== false)
            return seen;
        if (performance.now() - began > deadlineMs)
            break;
    }
    throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
};
