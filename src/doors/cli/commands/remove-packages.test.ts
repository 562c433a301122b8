import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type GgenError, isGgenError, parsePackageName } from '#core'
import { locked, runIn, SceneProject } from './project-scene.conformance.ts'
import { removePackages } from './remove-packages.ts'

const WEB = [
  locked('log', '1.0.0'), locked('router', '2.0.0', { needs: ['log@^1'] }), locked('tool', '1.0.0', { wanted: '^1', needs: ['log@^1'] }),
  locked('web', '1.0.0', { wanted: '*', needs: ['router@^2'] }),
]

const refused = (code: string, message: RegExp) => (error: unknown): boolean =>
  isGgenError(error) && error.code === code && message.test(`${error.message} ${(error as GgenError).hint}`)

describe('ggen remove', () => {
  it('takes packages out of a project, and what only they needed', async () => {
    const project = new SceneProject(WEB)
    const { outcome } = await runIn(project, removePackages(['web'], '.'))
    assert.deepEqual(outcome.value, {
      removed: [
        { name: 'router', version: '2.0.0', path: '/project/ggen_packages/router' }, { name: 'web', version: '1.0.0', path: '/project/ggen_packages/web' },
      ],
    })
    assert.deepEqual(project.names, ['log 1.0.0', 'tool 1.0.0'])
    await runIn(project, removePackages(['tool'], '.'))
    assert.deepEqual(project.names, [])
  })

  it('refuses what others need, and says who', async () => {
    const project = new SceneProject(WEB)
    const remove = (...names: string[]) => runIn(project, removePackages(names, '.'))
    await assert.rejects(remove('log'), refused('still-needed', /log is needed by router, tool.*ggen remove log router tool/))
    await assert.rejects(remove('web', 'log'), refused('still-needed', /log is needed by tool/))
    await assert.rejects(remove('ghost'), refused('package-not-found', /ghost is not installed here/))
    await assert.rejects(remove('No Name'), refused('name-invalid', /not a package name/))
    assert.equal(project.lock, WEB)
    await remove('web', 'tool', 'log')
    assert.deepEqual(project.names, [])
  })

  it('refuses what the manifest asks for, and leaves what that needs', async () => {
    const needs = [{ name: parsePackageName('router'), range: '^2', kind: 'needed' as const }]
    const project = new SceneProject(WEB, { file: 'ggen.toml', needs })
    await assert.rejects(runIn(project, removePackages(['router'], '.')), refused('still-needed', /ggen.toml asks for router.*take it out/))
    await runIn(project, removePackages(['web', 'tool'], '.'))
    assert.deepEqual(project.names, ['log 1.0.0', 'router 2.0.0'])
  })

  it('forgets that the project asked for something, where another package needs it still', async () => {
    const project = new SceneProject([locked('log', '1.0.0', { wanted: '*' }), locked('tool', '1.0.0', { wanted: '*', needs: ['log@1'] })])
    await assert.rejects(runIn(project, removePackages(['log'], '.')), refused('still-needed', /log is needed by tool/))
  })
})
