const refuseSchema = (): never => {
  throw new TypeError('questions are parsed by the routes themselves; a schema would need a compiler')
}

/**
 * How Fastify is told that no route has a schema. It would otherwise load two compilers of schemas with each application, which are
 * megabytes of code that never runs. A route that has a schema all the same cannot be added.
 */
export const NO_SCHEMAS = { compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema } } as const
