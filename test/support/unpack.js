import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
/** Unpacks an archive with the system's tar, as a second opinion; resolves to the folder of the package. */
export const unpackWithTar = async (archive, folder) => {
    await mkdir(folder, { recursive: true });
    await promisify(execFile)('tar', ['xzf', archive, '--strip-components=1', '-C', folder]);
    return folder;
};
