import { basename, dirname } from 'node:path'
import { CENTRAL_LIMITS } from '#core'
import { RegistryTokens } from '#doors/central'
import { systemClock, systemRandom } from '#node/system'
import { openSecretFile } from '#store/disk'

/** Who may publish to a registry, by the file that says so; beside it lies when tokens were used. Opens nothing yet. */
export const openTokens = (path: string): RegistryTokens => {
  const open = (name: string) => openSecretFile(dirname(path), name, CENTRAL_LIMITS.tokenFileBytes)
  return new RegistryTokens({ file: open(basename(path)), uses: open(`${basename(path)}.uses`), clock: systemClock, random: systemRandom })
}
