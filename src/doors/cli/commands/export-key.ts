import { resolve } from 'node:path'
import { GgenError } from '#core'
import type { DescribedKey } from '#keystore'
import type { Run } from './context.ts'
import { choosePackGuard, type GuardOptions, plainWarning, withKeys } from './passphrase.ts'

export interface ExportOptions extends Pick<GuardOptions, 'passphrase'> {
  /** Label of a release key, or the beginning of the key itself. */
  readonly key?: string
}

const nameOf = ({ label, publicKey }: DescribedKey): string => label ?? publicKey

/** The release key that was meant. Never the root key: what leaves the machine must be replaceable. */
const chooseKey = (keys: readonly DescribedKey[], wanted: string | undefined): DescribedKey => {
  const held = keys.filter(({ role, held: isHeld }) => role === 'release' && isHeld)
  const fitting = held.filter((key) => (wanted === undefined ? key.standing === 'valid' : key.label === wanted || key.publicKey.startsWith(wanted)))
  const [chosen] = fitting
  const hint = `name one of those here with --key: ${held.map(nameOf).join(', ')}`
  if (chosen === undefined) {
    const what = wanted === undefined ? 'no release key that may sign is on this machine' : 'no release key on this machine has this label'
    throw new GgenError('key-missing', what, held.length === 0 ? {} : { hint })
  }
  if (fitting.length > 1) throw new GgenError('usage', 'there is more than one such release key', { hint })
  return chosen
}

/** `ggen id export`: one release key in a file, for a machine that publishes by itself. Needs no node. */
export const exportKey =
  (file: string, { key: wanted, ...options }: ExportOptions): Run =>
  async (context) => {
    const { world, places, deadline, environment, say } = context
    deadline.lift()
    const path = resolve(environment.platform.workingFolder, file)
    const keystore = await world.openKeystore(places.home)
    const held = await keystore.read()
    const { publicKey, role, label } = chooseKey(keystore.describe(held), wanted)
    const guard = () => choosePackGuard(options, 'the exported key', { ...context, keystore })
    const pack = (passphrase?: string) => keystore.pack({ keys: [publicKey], passphrase, chooseGuard: guard })
    await world.createFile(path, await withKeys(held, pack, { ...context, why: 'export a key' }))
    const encrypted = options.passphrase !== false
    if (!encrypted) say(plainWarning(path))
    const packed = { publicKey, role, ...(label !== undefined && { label }) }
    return { kind: 'packed', value: { path, identity: held.file.identity, encrypted, keys: [packed] } }
  }
