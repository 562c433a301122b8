import { CENTRAL_LIMITS } from '#core'
import { RegistryTokens } from '#doors/central'
import { systemClock, systemRandom } from '#node/system'
import { openSecretFile } from '#store/disk'

/** Who may publish to the registry of a home folder. Opens nothing yet. */
export const openTokens = (home: string): RegistryTokens =>
  new RegistryTokens({ file: openSecretFile(home, 'registry-tokens.json', CENTRAL_LIMITS.tokenFileBytes), clock: systemClock, random: systemRandom })
