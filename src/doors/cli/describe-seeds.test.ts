import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seedTable, withSeeds } from './describe-seeds.ts'
import { SEED_COMMANDS } from './seed-commands.ts'
import { REFUSED_OPTIONS } from './seed-options.ts'

test('the page says of each command of before what it is here', () => {
  const others = SEED_COMMANDS.filter((command) => !('ours' in command) || command.ours !== command.seed)
  assert.equal(seedTable().split('\n').length, others.length + REFUSED_OPTIONS.length + 2)
  assert.match(seedTable(), /^\| `publish --skip-verify` \| none, what cannot be verified is refused by everybody: do without it \|$/m)
  assert.match(seedTable(), /^\| `p2p peer-list` \| `ggen p2p peers` \|$/m)
  assert.match(seedTable(), /^\| `market unpublish` \| none, what was signed cannot be unsaid: ggen yank/m)
  const page = withSeeds('a\n<!-- seeds -->\n\nSTALE\n\n<!-- /seeds -->\nb')
  assert.ok(!page.includes('STALE') && page.endsWith('\nb'))
  assert.equal(withSeeds(page), page)
  assert.throws(() => withSeeds('no marks'), RangeError)
})
