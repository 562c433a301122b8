import type { RunningNode } from './processes.ts';
/** Kills a node (SIGKILL) `ms` from now: the moment is the test's input, not a wait for something. */
export declare const killAfter: (node: RunningNode, ms: number) => Promise<void>;
