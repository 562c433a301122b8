import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { npmrcOfVariables, parseNpmrc } from './npmrc.ts'

const valuesOf = (text: string, variables = {}): unknown => Object.fromEntries(parseNpmrc(text, variables).values)

describe('an .npmrc', () => {
  it('says what it says last, and lists where brackets ask for one', () => {
    assert.deepEqual(valuesOf('a=1\na=2\nca[]=x\nca[]=y\nb=1\nb[]=2'), { a: ['2'], ca: ['x', 'y'], b: ['1', '2'] })
  })

  it('puts in the variables that are there', () => {
    const variables = { TOKEN: 't', EMPTY: '' }
    const text = ['a=${TOKEN}', 'b=x${NONE}y', 'c=x${NONE?}y', 'd=${EMPTY}', '//h/:_${TOKEN}=1', 'e=\\${TOKEN}', 'f=${toString}',
      'g="\\\\\\\\${TOKEN}"'].join('\n')
    assert.deepEqual(valuesOf(text, variables), {
      a: ['t'], b: ['x${NONE}y'], c: ['xy'], d: [''], '//h/:_t': ['1'], e: ['${TOKEN}'], f: ['${toString}'], g: ['\\t'],
    })
  })

  it('says what was there before, where our own lines are', () => {
    const text = [
      '; ggen: registry = ${UP}/', 'registry=http://127.0.0.1:4003/npm/', '; ggen: added', '@a:registry=http://localhost:4003/npm/',
      '; ggen: added', '//127.0.0.1:4003/npm/:_authToken=x',
    ].join('\n')
    const { values, replaced } = parseNpmrc(text, { UP: 'https://up.example' })
    assert.deepEqual([[...values], [...replaced]], [[['registry', ['https://up.example/']]], [['registry', 'https://up.example/']]])
  })

  it('is the word of the user where the user changed our line since then', () => {
    const text = '; ggen: registry=https://old.example/\nregistry=https://new.example/\n; ggen: @a:registry=https://x.example/\n@b:registry=http://127.0.0.1:1/'
    const { values, replaced } = parseNpmrc(text, {})
    assert.deepEqual([...values], [['registry', ['https://new.example/']], ['@b:registry', ['http://127.0.0.1:1/']]])
    assert.equal(replaced.size, 0)
  })

  it('may be anything, of a certain size', () => {
    const unit = fc.constantFrom('a', '=', '${a}', '\\', '; ggen: ', 'registry=http://127.0.0.1/', '\n', '"', "'", '[]', '__proto__=', '{')
    fc.assert(fc.property(fc.string({ unit }), (text) => void parseNpmrc(text, { a: '${a}' })))
    assert.throws(() => parseNpmrc('#'.repeat(NPM_TEXT_LIMITS.settingsChars + 1), {}), (error) => isGgenError(error, 'config-invalid'))
  })
})

it('reads variables in any case, and leaves keys of addresses as they are', () => {
  const { values } = npmrcOfVariables({
    npm_config_registry: 'https://a.example/', NPM_CONFIG_STRICT_SSL: 'false', 'npm_config_//h.example/:_authToken': '${T}', T: 't', npm_config_proxy: '',
    'npm_config_@acme:registry': 'x', NPM_CONFIG__auth: 'y', other: 'z',
  })
  assert.deepEqual(Object.fromEntries(values), {
    registry: ['https://a.example/'], 'strict-ssl': ['false'], '//h.example/:_authToken': ['t'], '@acme:registry': ['x'], _auth: ['y'],
  })
})
