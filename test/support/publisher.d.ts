import { type IdentityId, type PublicKey, type ReleaseOp, type Summary } from '#core';
/** When tests take place, Unix seconds. */
export declare const TEST_EPOCH = 1763683200;
/** Bytes that look random and are the same in every run. */
export declare const seeded: (seed: string) => {
    bytes(count: number): Uint8Array;
    fraction(): number;
};
export interface ReleaseChange {
    /** Stands for the archive: other content, other digests. */
    readonly content?: string;
    readonly summary?: Partial<Summary>;
    /** Unix seconds; default: one after the op before. */
    readonly at?: number;
}
/** A publisher with one release key, for tests: signs well-formed ops one after the other. */
export declare class Publisher {
    #private;
    readonly identity: IdentityId;
    readonly genesis: Uint8Array;
    readonly feed: PublicKey;
    constructor(seed: string, at?: number);
    sign(payload: Uint8Array): Uint8Array;
    /** The next release of a package. */
    release(name: string, version: string, { content, summary, at }?: ReleaseChange): ReleaseOp;
}
