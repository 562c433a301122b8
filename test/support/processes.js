import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
const ROOT = join(import.meta.dirname, '..', '..');
const LAUNCHER = join(ROOT, 'bin', 'ggen.mjs');
const environment = (home) => ({ ...process.env, GGEN_HOME: home, NO_COLOR: '1', NODE_OPTIONS: '' });
/** Runs one `ggen` command to its end, as a process of its own. */
export const ggen = async (home, ...args) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { env: environment(home), stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout = [];
    const stderr = [];
    child.stdout.on('data', (chunk) => stdout.push(chunk));
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    const [code] = (await once(child, 'close'));
    const out = Buffer.concat(stdout).toString();
    const err = Buffer.concat(stderr).toString();
    return {
        code: code ?? -1,
        stdout: out,
        stderr: err,
        json: () => {
            try {
                return JSON.parse(out);
            }
            catch (error) {
                throw new Error(`ggen ${args.join(' ')} printed no JSON (exit ${code}): ${out}${err}`, { cause: error });
            }
        },
    };
};
/** Starts a node as a process of its own and waits for its ready line. Without `more`, mDNS is off. */
export const startNode = async ({ home, bootstrap = [], listen = '/ip4/127.0.0.1/tcp/0', more = ['--no-mdns'] }) => {
    const args = ['p2p', 'start', '--json', '--listen', listen, ...bootstrap.flatMap((address) => ['--bootstrap', address]), ...more];
    const began = performance.now();
    const child = spawn(process.execPath, [LAUNCHER, ...args], { env: environment(home), stdio: ['ignore', 'pipe', 'pipe'] });
    const errors = [];
    child.stderr.on('data', (chunk) => errors.push(chunk));
    const events = [];
    const { promise: ready, resolve, reject } = Promise.withResolvers();
    let first = true;
    createInterface({ input: child.stdout }).on('line', (line) => {
        const value = JSON.parse(line);
        if (!first)
            events.push(value);
        else if ('peerId' in value)
            resolve(value);
        else
            reject(new Error(`the node said ${line}`));
        first = false;
    });
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}: ${Buffer.concat(errors).toString()}`)));
    const { peerId, addresses } = await ready;
    const readyMs = performance.now() - began;
    return {
        home, peerId, addresses, events, readyMs, pid: child.pid ?? -1,
        kill: () => end(child, 'SIGKILL').then(() => undefined),
        interrupt: () => end(child, 'SIGINT'),
        [Symbol.asyncDispose]: () => end(child, 'SIGKILL').then(() => undefined),
    };
};
const end = async (child, signal) => {
    if (child.exitCode !== null || child.signalCode !== null)
        return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = await exited;
    return code;
};
