import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openApiDocument } from './open-api.ts'
import { ROUTES } from './protocol.ts'

interface Operation {
  readonly responses: Record<string, unknown>
  readonly security?: unknown
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: unknown
}

test('every route is in the document, with its parameters, answers and whether it needs a token', () => {
  const { paths, openapi } = openApiDocument('1.2.3') as { openapi: string; paths: Record<string, Record<string, Operation>> }
  assert.equal(openapi, '3.1.0')
  for (const [name, route] of Object.entries(ROUTES)) {
    const operation = paths[route.path.replaceAll(/:([a-z]+)/g, '{$1}')]?.[route.method.toLowerCase()]
    assert.ok(operation !== undefined, name)
    assert.deepEqual(Object.keys(operation.responses), [...Object.keys(route.answers), 'default'], name)
    assert.equal(operation.security !== undefined, 'needsToken' in route, name)
    assert.equal(operation.requestBody !== undefined, 'body' in route, name)
  }
  assert.deepEqual(paths['/v1/search']?.['get']?.parameters.map(({ name }) => name), [
    'q', 'category', 'tags', 'author', 'license', 'publisher', 'kind', 'scripts', 'since', 'limit', 'cursor',
  ])
  assert.deepEqual(paths['/v1/packages/{name}']?.['get']?.parameters.map(({ name, in: place }) => [name, place]), [['name', 'path']])
})

test('it is plain JSON', () => {
  const document = openApiDocument('1.2.3')
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document)
})
