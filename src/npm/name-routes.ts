import { type NpmName, scopeOf } from './npm-name.ts'

/** What a table of names, `@scope/*` and `*` says of a name: the most exact entry. `undefined`: none. Pure. */
export const routeOf = <T>(routes: ReadonlyMap<string, T>, name: NpmName): T | undefined => {
  const scope = scopeOf(name)
  return routes.get(name) ?? (scope === undefined ? undefined : routes.get(`${scope}/*`)) ?? routes.get('*')
}
