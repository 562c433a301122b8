// Six hundred test files are as many processes, and most of them load half of the program: what is compiled once is enough for all of them.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/ggen', import.meta.url)))
