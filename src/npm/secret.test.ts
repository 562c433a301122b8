import assert from 'node:assert/strict'
import { it } from 'node:test'
import { format, inspect } from 'node:util'
import { Secret } from './secret.ts'

it('shows a secret to nobody who does not ask for it', () => {
  const secret = new Secret('hush')
  assert.equal(secret.reveal(), 'hush')
  const shown = [
    String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    format('%s %o %j', secret, secret, secret),
    Object.values(secret).join(), JSON.stringify(Object.getOwnPropertyDescriptors(secret)), JSON.stringify(structuredClone({ ...secret })),
  ]
  for (const text of shown) assert.ok(!text.includes('hush'), text)
})
