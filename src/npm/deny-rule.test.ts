import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { denyRuleText, isDenied, parseDenyRule } from './deny-rule.ts'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'

const denies = (rule: string, version: string): boolean => isDenied(parseDenyRule(rule), version)

describe('a rule of what nobody gets', () => {
  it('is about a package, or versions of it and their prereleases', () => {
    assert.deepEqual(['1.0.0', '9.9.9-x', 'odd'].map((version) => denies('left-pad', version)), [true, true, true])
    assert.deepEqual(['3.3.5', '3.3.6', '3.3.6-x', '4.0.0'].map((version) => denies('event-stream@3.3.6', version)), [false, true, false, false])
    assert.deepEqual(['1.9.9', '1.9.9-rc.1', '2.0.0', 'odd'].map((version) => denies('@acme/tool@<2', version)), [true, true, false, false])
    assert.deepEqual(['1.0.0', '2.5.0', '3.0.0'].map((version) => denies('a@1 || >=3', version)), [true, false, true])
  })

  it('is written as it is read', () => {
    for (const text of ['left-pad', '@acme/tool', '@acme/tool@<2', 'a@*']) assert.equal(denyRuleText(parseDenyRule(text)), text)
  })

  it('is refused where it names no package or no range', () => {
    for (const text of ['', '@acme', '@acme/', 'UP@', 'a@', 'a@ ', 'a@latest', 'a b', `a@${'1 || '.repeat(NPM_TEXT_LIMITS.rangeChars)}1`]) {
      assert.throws(() => parseDenyRule(text), (error) => isGgenError(error, 'config-invalid'), text.slice(0, 20))
    }
  })

  it('is a rule or refused, whatever is written', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map((text) => `a@${text}`)), (text) => {
      try {
        isDenied(parseDenyRule(text), '1.0.0')
      } catch (error) {
        assert.ok(isGgenError(error, 'config-invalid'))
      }
    }))
  })
})
