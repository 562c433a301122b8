export interface Finished {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
    /** The one JSON value on stdout. */
    json<T = Record<string, unknown>>(): T;
}
/** Runs one `ggen` command to its end, as a process of its own. */
export declare const ggen: (home: string, ...args: readonly string[]) => Promise<Finished>;
export interface RunningNode extends AsyncDisposable {
    readonly home: string;
    readonly pid: number;
    readonly peerId: string;
    /** Every address with `/p2p/<peer id>`. */
    readonly addresses: readonly string[];
    /** Milliseconds from the start of the process to its ready line. */
    readonly readyMs: number;
    /** Events printed so far. */
    readonly events: readonly Record<string, unknown>[];
    /** SIGKILL, and waits until it is gone. */
    kill(): Promise<void>;
    /** SIGINT, and waits; resolves to the exit code. */
    interrupt(): Promise<number | null>;
}
export interface NodeOptions {
    readonly home: string;
    readonly bootstrap?: readonly string[];
    readonly listen?: string;
    readonly more?: readonly string[];
}
/** Starts a node as a process of its own and waits for its ready line. Without `more`, mDNS is off. */
export declare const startNode: ({ home, bootstrap, listen, more }: NodeOptions) => Promise<RunningNode>;
