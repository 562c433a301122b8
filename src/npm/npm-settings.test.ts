import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { isGgenError } from '#core'
import { parseNpmName } from './npm-name.ts'
import { type NpmSettings, type NpmSettingsSources, readNpmSettings } from './npm-settings.ts'

const DEFAULT = 'https://usual.example/'
const DOOR = 'http://127.0.0.1:4003/npm/'
const read = (sources: Partial<NpmSettingsSources>): NpmSettings =>
  readNpmSettings({ variables: {}, defaultRegistry: DEFAULT, ownDoors: [DOOR], ...sources })
const registryOf = (settings: NpmSettings, name: string): string => settings.registryOf(parseNpmName(name))
const shownAt = (settings: NpmSettings, address: string): string | undefined => settings.credentialsFor(address)?.authorization?.reveal()

describe('the registry of a package', () => {
  it('is that of its scope, or the one for all, or the usual one', () => {
    const settings = read({ user: '@acme:registry=https://acme.example/npm\nregistry=https://all.example' })
    assert.deepEqual(['x', '@acme/x', '@other/x'].map((name) => registryOf(settings, name)), ['https://all.example/', 'https://acme.example/npm/',
      'https://all.example/'])
    assert.deepEqual(settings.registries(), ['https://all.example/', 'https://acme.example/npm/'])
    assert.equal(registryOf(read({}), 'x'), DEFAULT)
    assert.equal(registryOf(read({ user: 'registry=\n', project: 'registry=null' }), 'x'), DEFAULT)
  })

  it('is what the strongest source says: environment, project, user, machine', () => {
    const [variables, project, user, global] = [{ NPM_CONFIG_REGISTRY: 'https://e.example/' }, 'registry=https://p.example/', 'registry=https://u.example/',
      'registry=https://g.example/']
    assert.equal(registryOf(read({ variables, project, user, global }), 'x'), 'https://e.example/')
    assert.equal(registryOf(read({ project, user, global }), 'x'), 'https://p.example/')
    assert.equal(registryOf(read({ user, global }), 'x'), 'https://u.example/')
    assert.equal(registryOf(read({ global }), 'x'), 'https://g.example/')
  })

  it('is never our own door, under whatever name of this machine', () => {
    const variables = { npm_config_registry: 'http://localhost:4003/npm' }
    assert.equal(registryOf(read({ variables, user: 'registry=https://u.example/' }), 'x'), 'https://u.example/')
    assert.equal(registryOf(read({ project: `@a:registry=${DOOR}`, user: '@a:registry=https://a.example/' }), '@a/x'), 'https://a.example/')
    assert.equal(registryOf(read({ project: `; ggen: registry=https://was.example/\nregistry=http://127.0.0.1:9/npm/` }), 'x'), 'https://was.example/')
    assert.throws(() => read({ defaultRegistry: DOOR }), (error) => isGgenError(error, 'config-invalid'))
  })

  it('is complained about where it is no address, naming where it stands and no password', () => {
    const isSo = (error: unknown): boolean => isGgenError(error, 'config-invalid') && error.message.startsWith('.npmrc of the user: registry') &&
      !/hush/.test(inspect(error))
    for (const text of ['nonsense', 'https://me:hush@h.example/', '${NONE}']) assert.throws(() => read({ user: `registry=${text}` }), isSo, text)
  })
})

describe('what is shown at a registry', () => {
  const user = [
    'registry=https://h.example/npm/', '//h.example/npm/:_authToken=deep', '//h.example/:_authToken=host', '//h.example/npm/private:_authToken=deepest',
    '//basic.example/:_auth=dTpw', '//named.example:8443/:username=me', `//named.example:8443/:_password=${Buffer.from('päss').toString('base64')}`,
    '//cert.example/:certfile=/c.pem', '//cert.example/:keyfile=/k.pem', '//half.example/:username=me',
  ].join('\n')
  const settings = read({ user })

  it('is what stands at the longest beginning of its address', () => {
    assert.equal(shownAt(settings, 'https://h.example/npm/left-pad'), 'Bearer deep')
    assert.equal(shownAt(settings, 'https://h.example/other/x.tgz?a=1'), 'Bearer host')
    assert.equal(shownAt(settings, 'https://h.example/npm/private/x'), 'Bearer deepest')
    assert.equal(shownAt(settings, 'https://basic.example/a'), 'Basic dTpw')
    assert.equal(shownAt(settings, 'https://named.example:8443/a'), `Basic ${Buffer.from('me:päss').toString('base64')}`)
    assert.deepEqual(settings.credentialsFor('https://cert.example/a'), { certificate: { certfile: '/c.pem', keyfile: '/k.pem' } })
    assert.equal(shownAt(read({ user, project: '//h.example/npm/:_authToken=project' }), 'https://h.example/npm/x'), 'Bearer project')
  })

  it('goes along to other folders of the host of a registry', () => {
    const deep = read({ user: 'registry=https://h.example/npm/\n//h.example/npm/:_authToken=deep' })
    assert.equal(shownAt(deep, 'https://h.example/files/x.tgz'), 'Bearer deep')
    assert.equal(shownAt(read({ user: '//h.example/npm/:_authToken=deep' }), 'https://h.example/files/x.tgz'), undefined)
  })

  it('goes to no other host or port, and not in the clear unless a registry is configured so', () => {
    for (const address of [
      'https://h.example.evil.example/npm/x', 'https://h.example:444/npm/x', 'https://example/npm/x', 'https://half.example/', 'http://h.example/npm/x',
      'https://evil.example/h.example/npm/', 'https://h.example@evil.example/npm/', 'nonsense', 'https://named.example/a', 'http://basic.example/a',
    ]) assert.equal(settings.credentialsFor(address), undefined, address)
    const plain = read({ user: 'registry=http://lan.example/\n//lan.example/:_authToken=t' })
    assert.equal(shownAt(plain, 'http://lan.example/x'), 'Bearer t')
  })

  it('prints nowhere', () => {
    for (const shown of [inspect(settings.credentialsFor('https://h.example/npm/'), { depth: 9, showHidden: true }), JSON.stringify(settings)]) {
      assert.ok(!/deep|host|dTpw/.test(shown), shown)
    }
  })
})

describe('the way to a registry', () => {
  it('is through the proxy that is configured, except to hosts that are named', () => {
    const settings = read({ user: 'https-proxy=http://u:hush@p.example:1/\nnoproxy=.in.example, lan' })
    const proxies = ['https://a.example/', 'http://a.example/', 'https://x.in.example/', 'https://in.example/', 'https://lan/', 'https://min.example/']
    assert.deepEqual(proxies.map((address) => settings.proxyFor(address)?.reveal()), ['http://u:hush@p.example:1/', 'http://u:hush@p.example:1/', undefined,
      undefined, undefined, 'http://u:hush@p.example:1/'])
    assert.ok(!inspect(settings.proxyFor('https://a.example/')).includes('hush'))
    const usual = read({ variables: { HTTPS_PROXY: 'http://s.example/', NO_PROXY: '*' } })
    assert.equal(usual.proxyFor('https://a.example/'), undefined)
    assert.equal(read({ variables: { https_proxy: 'http://s.example/' } }).proxyFor('https://a.example/')?.reveal(), 'http://s.example/')
    assert.equal(read({ variables: { http_proxy: 'http://s.example/' } }).proxyFor('https://a.example/'), undefined)
    assert.equal(read({ user: 'proxy=false' }).proxyFor('https://a.example/'), undefined)
  })

  it('checks certificates unless told otherwise', () => {
    assert.deepEqual([read({}).strictSsl, read({}).ca, read({}).cafile], [true, [], undefined])
    const settings = read({ user: 'strict-ssl=false\nca[]="one\\ntwo"\nca[]=three\ncafile=/ca.pem' })
    assert.deepEqual([settings.strictSsl, settings.ca, settings.cafile], [false, ['one\ntwo', 'three'], '/ca.pem'])
  })
})
