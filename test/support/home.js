import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
/** A fresh folder that is gone when the test is over. */
export const temporaryFolder = async () => {
    const path = await mkdtemp(join(tmpdir(), 'ggen-test-'));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};
