import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
/** Real packages of the ggen community, where the data folder is at hand; `GGEN_DATA` names another one. */
const DATA = process.env['GGEN_DATA'] ?? resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'ggen');
/** The reason to skip, for `test(name, { skip })`; false where the data is there. */
export const noRealPackages = existsSync(DATA) ? false : `no real packages at hand (${DATA}); set GGEN_DATA`;
/** Absolute paths of the real archives, sorted. */
export const realArchives = async () => {
    const folder = join(DATA, 'catalog-v2', 'archives');
    return (await readdir(folder)).sort().map((file) => join(folder, file));
};
/** The two states of the older marketplace. */
export const SNAPSHOTS = ['2025-11-15-d8c92fd0', '2026-06-17-b0962a68'];
/** Absolute paths of the package folders of one state, sorted. */
export const realFolders = async (snapshot) => {
    const folder = join(DATA, 'packages', snapshot);
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)).sort();
};
/** The index that belongs to one state. */
export const marketplaceIndex = async (snapshot) => JSON.parse(await readFile(join(DATA, 'index', 'marketplace-registry', `${snapshot}-index.json`), 'utf8'));
/** Versions whose content changed without a new version, in the history of the real marketplace. */
export const republishedVersions = async () => {
    const file = join(DATA, 'catalog-v2', 'same-version-different-content.json');
    return JSON.parse(await readFile(file, 'utf8')).pairs;
};
