import { z } from 'zod'
import { failure, ROUTES, type Route } from './protocol.ts'

type Json = Readonly<Record<string, unknown>>

/** What comes in may be more than what is made of it, so each schema is shown as it is sent. */
const schemaOf = (type: z.ZodType): Json => z.toJSONSchema(type, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }) as Json

const contentOf = (type: string, schema: Json): Json => ({ [type]: { schema } })

const BINARY: Json = { type: 'string', format: 'binary' }

const answersOf = ({ answers }: Route): Json => ({
  ...Object.fromEntries(
    Object.entries(answers).map(([status, { says, json, type }]) => {
      const content = json !== undefined ? contentOf('application/json', schemaOf(json)) : type === undefined ? undefined : contentOf(type, BINARY)
      return [status, { description: says, ...(content !== undefined && { content }) }]
    }),
  ),
  default: { description: 'what went wrong', content: contentOf('application/json', { $ref: '#/components/schemas/Failure' }) },
})

const parametersOf = ({ path, query }: Route): readonly Json[] => [
  ...[...path.matchAll(/:([a-z]+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  ...Object.entries(query?.shape ?? {}).map(([name, type]) => ({ name, in: 'query', required: false, schema: schemaOf(type as z.ZodType) })),
]

const bodyOf = ({ body }: Route): Json => {
  if (body === undefined) return {}
  const content = body === 'bytes' ? contentOf('application/octet-stream', BINARY) : contentOf('application/json', schemaOf(body))
  return { requestBody: { required: true, content } }
}

const operationOf = (name: string, route: Route): Json => ({
  operationId: name,
  summary: route.says,
  ...(route.needsToken === true && { security: [{ token: [] }] }),
  parameters: parametersOf(route),
  ...bodyOf(route),
  responses: answersOf(route),
})

/** The interface as OpenAPI 3.1, made from the routes and schemas that the server itself goes by. `version`: of this program. */
export const openApiDocument = (version: string): Json => {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, route] of Object.entries(ROUTES)) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'ggen registry', version, description: 'Storage of signed records and the bytes they name; whoever asks checks everything.' },
    paths,
    components: { schemas: { Failure: schemaOf(failure) }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}
