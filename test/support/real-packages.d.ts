/** The reason to skip, for `test(name, { skip })`; false where the data is there. */
export declare const noRealPackages: string | false;
/** Absolute paths of the real archives, sorted. */
export declare const realArchives: () => Promise<string[]>;
/** The two states of the older marketplace. */
export declare const SNAPSHOTS: readonly ['2025-11-15-d8c92fd0', '2026-06-17-b0962a68'];
export type Snapshot = (typeof SNAPSHOTS)[number];
/** Absolute paths of the package folders of one state, sorted. */
export declare const realFolders: (snapshot: Snapshot) => Promise<string[]>;
export interface MarketplaceIndex {
    readonly packages: readonly {
        readonly name: string;
        readonly tags: readonly string[];
        readonly keywords?: readonly string[];
    }[];
    /** Term → names, as the marketplace's own generator made it. */
    readonly search_index: Readonly<Record<string, readonly string[]>>;
}
/** The index that belongs to one state. */
export declare const marketplaceIndex: (snapshot: Snapshot) => Promise<MarketplaceIndex>;
/** Versions whose content changed without a new version, in the history of the real marketplace. */
export declare const republishedVersions: () => Promise<{
    readonly name: string;
    readonly version: string;
}[]>;
