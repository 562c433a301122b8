import { type GgenEvent } from '#core';
import type { MemoryHub, Network } from '#network';
import { P2PRegistry, type PublishReceipt } from '#registry';
import { type BlobStore, type Catalogue, type TrustStore } from '#store';
import { TestClock } from './clock.ts';
export interface RegistryOptions {
    readonly hub: MemoryHub;
    readonly clock: TestClock;
    readonly light?: boolean;
    readonly trust?: TrustStore;
}
/** A whole node in memory, with everything that a test wants to see or disturb. */
export interface TestRegistry extends AsyncDisposable {
    readonly registry: P2PRegistry;
    readonly network: Network;
    readonly blobs: BlobStore;
    readonly catalogue: Catalogue;
    readonly trust: TrustStore;
    readonly events: readonly GgenEvent[];
    /** Publishes a folder of files as the publisher that a seed names. */
    publish(files: Readonly<Record<string, string>>, publisher?: string): Promise<PublishReceipt>;
}
/** Opens a registry over memory twins. */
export declare const openRegistry: ({ hub, clock, light, trust }: RegistryOptions) => Promise<TestRegistry>;
/** The files of a small package. */
export declare const smallPackage: (name: string, version?: string, description?: string) => Readonly<Record<string, string>>;
