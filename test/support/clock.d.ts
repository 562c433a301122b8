import type { Clock } from '#core';
/** A clock that stands still until it is moved; waits and time-outs end when it passes them. */
export declare class TestClock implements Clock {
    #private;
    now(): number;
    monotonic(): number;
    wait(ms: number, signal: AbortSignal): Promise<void>;
    timeout(ms: number): AbortSignal;
    /** Moves on, and wakes everybody whose time has come. */
    advance(ms: number): void;
}
