import { LIMITS } from '#core'
import { span, yesOrNo } from './kind.ts'
import { denied, keyHashes } from './name-kinds.ts'
import { setting } from './setting.ts'

const by = 'node'

/** What is taken of npm registries. */
export const NPM_SETTINGS = {
  npmDenied: setting({
    key: 'npm.deny', kind: denied, usual: [], by, adds: true, says: 'packages of npm, or versions of them, that nobody gets here: `name` or `name@range`',
  }),
  npmMinAgeMs: setting({
    key: 'npm.min_age', variables: ['GGEN_NPM_MIN_AGE'], kind: span({ least: 0, most: LIMITS.stepsMs }), usual: 0, by,
    says: 'offer versions of npm packages that are so old',
  }),
  npmBelieveTeam: setting({
    key: 'npm.believe_team', kind: yesOrNo, usual: false, by,
    says: 'while an npm registry is down, believe the nodes of a private network which keys it has and when versions came out',
  }),
  npmKeys: setting({
    key: 'npm.accept_keys', kind: keyHashes, usual: [], by,
    says: 'keys that npm registries may sign with from now on although they did not before: `SHA256:` and so on',
  }),
}
