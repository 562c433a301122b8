import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSwallowed } from './check-swallowed.ts'
import { places, plantTree } from './plant.ts'

test('Every empty catch is found, also one that holds a comment', () => {
  const text = [
    'try { f() } catch {}',
    'try { f() } catch (error) { }',
    'try { f() } catch { /* fine */ }',
    'try { f() } catch (e: unknown) {',
    '  // fine',
    '}',
  ].join('\n')
  assert.deepEqual(places(checkSwallowed(plantTree({ 'src/a/b.ts': text }))), [1, 2, 3, 4].map((line) => `src/a/b.ts:${line}`))
})

test('A rejection that goes nowhere is found unless a comment above says who sees it', () => {
  const text = [
    'p.catch(() => {})',
    'p.catch((error) => {})',
    'p.catch(() => undefined)',
    'p.catch(async () => { })',
    '// Reported when its turn comes.',
    'p.catch(() => undefined)',
  ].join('\n')
  assert.deepEqual(places(checkSwallowed(plantTree({ 'bin/b.mjs': text }))), [1, 2, 3, 4].map((line) => `bin/b.mjs:${line}`))
})

test('A catch that does something, strings and tests are left alone', () => {
  const text = ['try { f() } catch (error) { report(error) }', "const text = 'catch {}'", 'p.catch((error) => report(error))', '// catch {}'].join('\n')
  assert.deepEqual(checkSwallowed(plantTree({ 'src/a/b.ts': text, 'src/a/b.test.ts': 'p.catch(() => {})' })), [])
})
