import { memoryFolder } from '#archive';
import { Events, GgenError } from '#core';
import { P2PRegistry } from '#registry';
import { memoryBlobStore, memoryCatalogue, memoryTrustStore } from '#store';
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust';
import { TestClock } from './clock.js';
import { seeded, TEST_EPOCH } from './publisher.js';
const never = new AbortController().signal;
/** Opens a registry over memory twins. */
export const openRegistry = async ({ hub, clock, light = false, trust = memoryTrustStore() }) => {
    const events = new Events();
    const seen = [];
    events.subscribe((event) => seen.push(event));
    const network = hub.join({ events });
    const [blobs, catalogue] = [memoryBlobStore(), memoryCatalogue()];
    let folder = {};
    const registry = await P2PRegistry.open({
        network, blobs, catalogue, trust, clock, random: seeded(network.self), events, light,
        openSource: async () => ({ kind: 'folder', tree: memoryFolder(folder) }),
    });
    return {
        registry, network, blobs, catalogue, trust, events: seen,
        publish: async (files, publisher = network.self) => {
            folder = files;
            const { identity, genesis, release } = createIdentity(seeded(publisher), TEST_EPOCH);
            const key = keyPairFromSeed(release);
            const prepared = await registry.prepare({ path: '/', identity, genesis, feed: key.publicKey }, never);
            if (prepared.state === 'published')
                return prepared.receipt;
            const receipt = await registry.commit(prepared.intent, key.sign(signingBytes(prepared.payload)));
            if (receipt.op !== prepared.intent)
                throw new GgenError('internal', 'the receipt names another op');
            return receipt;
        },
        [Symbol.asyncDispose]: async () => {
            await registry[Symbol.asyncDispose]();
            await network[Symbol.asyncDispose]();
        },
    };
};
/** The files of a small package. */
export const smallPackage = (name, version = '1.0.0', description = 'a small package') => ({
    'pack.toml': `[pack]\nname = "${name}"\nversion = "${version}"\ndescription = "${description}"\n`,
    'README.md': `# ${name}\n`,
});
