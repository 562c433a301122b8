import type { NearFile } from '#doors/cli'
import { LOCKFILE_LIMITS } from '#npm/lockfiles'
import { nearestFiles } from '#project'

/** The nearest files that are no larger than a lock file may be. */
export const nearestTexts = (folder: string, names: readonly string[]): Promise<readonly NearFile[]> => nearestFiles(folder, names, LOCKFILE_LIMITS.fileChars)
