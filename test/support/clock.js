import { TEST_EPOCH } from './publisher.js';
/** A clock that stands still until it is moved; waits and time-outs end when it passes them. */
export class TestClock {
    #now = (TEST_EPOCH + 3600) * 1000;
    #waiting = new Set();
    now() {
        return this.#now;
    }
    monotonic() {
        return this.#now;
    }
    wait(ms, signal) {
        const { promise, resolve, reject } = Promise.withResolvers();
        const entry = { until: this.#now + ms, wake: resolve };
        this.#waiting.add(entry);
        const onAbort = () => {
            this.#waiting.delete(entry);
            reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        if (signal.aborted)
            onAbort();
        else
            signal.addEventListener('abort', onAbort, { once: true });
        return promise;
    }
    timeout(ms) {
        const controller = new AbortController();
        this.#waiting.add({ until: this.#now + ms, wake: () => controller.abort(new DOMException('the time is over', 'TimeoutError')) });
        return controller.signal;
    }
    /** Moves on, and wakes everybody whose time has come. */
    advance(ms) {
        this.#now += ms;
        for (const entry of this.#waiting) {
            if (entry.until > this.#now)
                continue;
            this.#waiting.delete(entry);
            entry.wake();
        }
    }
}
