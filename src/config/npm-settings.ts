import { keyHashes } from './name-kinds.ts'
import { setting } from './setting.ts'

const by = 'node'

/** What is taken of npm registries. */
export const NPM_SETTINGS = {
  npmKeys: setting({
    key: 'npm.accept_keys', kind: keyHashes, usual: [], by,
    says: 'keys that npm registries may sign with from now on although they did not before: `SHA256:` and so on',
  }),
}
