import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { fromSeed } from './seed-commands.ts'
import { REFUSED_OPTIONS } from './seed-options.ts'

describe('options of documents of before', () => {
  it('are ours under another name, or what happens anyway', () => {
    assert.deepEqual(fromSeed(['market', 'search', 'a', '--keyword', 'b', '--fuzzy']), ['search', 'a', '--tag', 'b'])
    assert.deepEqual(fromSeed(['marketplace', 'update', 'a', '--all', '--dry-run']), ['update', 'a', '--check'])
    assert.deepEqual(fromSeed(['marketplace', 'install', 'a', '--target=x', '--dry-run']), ['install', 'a', '--dir=x', '--dry-run'])
  })

  it('say whom to search by a word, and else by an address', () => {
    const searched = (...args: readonly string[]): readonly string[] => fromSeed(['marketplace', 'search', 'a', ...args])
    assert.deepEqual(searched('--registry', 'all'), ['search', 'a'])
    assert.deepEqual([searched('--registry', 'p2p'), searched('--registry=central')], [['search', 'a', '--p2p'], ['search', 'a', '--central']])
    assert.deepEqual(searched('--registry', 'https://a.example'), ['search', 'a', '--registry', 'https://a.example'])
    assert.deepEqual(searched('--registry'), ['search', 'a', '--registry'])
  })

  it('say why, and what to use, where they are not here', () => {
    const commands: Readonly<Record<string, string>> = {
      publish: 'marketplace p2p publish', peers: 'p2p peer-list', connect: 'p2p bootstrap', install: 'marketplace install',
    }
    for (const { seed, why, instead } of REFUSED_OPTIONS) {
      const [command = '', option = ''] = seed.split(' ')
      const args = [...(commands[command] ?? `market ${command}`).split(' '), 'a', option, '1']
      assert.throws(() => fromSeed(args), (error) => isGgenError(error, 'usage') && error.message.includes(why) && error.hint === instead, args.join(' '))
    }
  })
})
