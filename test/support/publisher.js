import { createHash } from 'node:crypto';
import { digestOf, parsePackageName, parseVersion } from '#core';
import { createIdentity, encodePayload, keyPairFromSeed, openOp, signPayload } from '#trust';
/** When tests take place, Unix seconds. */
export const TEST_EPOCH = 1_763_683_200;
/** Bytes that look random and are the same in every run. */
export const seeded = (seed) => {
    let round = 0;
    const bytes = (count) => {
        const blocks = [];
        while (blocks.length * 32 < count)
            blocks.push(createHash('sha256').update(`${seed} ${round++}`).digest());
        return Uint8Array.from(Buffer.concat(blocks).subarray(0, count));
    };
    return { bytes, fraction: () => Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32 };
};
/** A publisher with one release key, for tests: signs well-formed ops one after the other. */
export class Publisher {
    identity;
    genesis;
    feed;
    #key;
    #ends = new Map();
    #born;
    constructor(seed, at = TEST_EPOCH) {
        const made = createIdentity(seeded(seed), at);
        this.#born = at;
        this.identity = made.identity;
        this.genesis = made.genesis;
        this.#key = keyPairFromSeed(made.release);
        this.feed = this.#key.publicKey;
    }
    sign(payload) {
        return signPayload(payload, [this.#key]);
    }
    /** The next release of a package. */
    release(name, version, { content = `${name} ${version}`, summary = {}, at } = {}) {
        const package_ = parsePackageName(name);
        const end = this.#ends.get(package_);
        const bytes = Buffer.from(content);
        const payload = encodePayload({
            type: 'release',
            identity: this.identity,
            feed: this.feed,
            seq: end === undefined ? 0 : end.seq + 1,
            ...(end !== undefined && { prev: end.id }),
            at: at ?? (end?.at ?? this.#born) + 1,
            body: {
                roles: this.identity,
                name: package_,
                version: parseVersion(version),
                kind: 'tgz',
                artifact: { digest: digestOf(bytes), sha512: createHash('sha512').update(bytes).digest('hex'), sizeBytes: bytes.length },
                metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 },
                summary: { title: name, description: '', tags: [], category: 'uncategorized', license: 'MIT', author: '', ...summary },
                scripts: false,
                bins: 0,
                dependencies: 0,
                provenance: [],
            },
        });
        const op = openOp(this.sign(payload));
        this.#ends.set(package_, { seq: op.seq, id: op.id, at: op.at });
        return op;
    }
}
