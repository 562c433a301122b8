import { setTimeout as after } from 'node:timers/promises';
/** Kills a node (SIGKILL) `ms` from now: the moment is the test's input, not a wait for something. */
export const killAfter = async (node, ms) => {
    await after(ms);
    await node.kill();
};
