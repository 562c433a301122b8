const REGEX_MAY_FOLLOW = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))\s*$/

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

const endOfQuoted = (text: string, start: number): number => {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote || text[at] === '\n') return at
  }
  return text.length
}

const endOfRegex = (text: string, start: number): number => {
  let inClass = false
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at]
    if (char === '\\') at += 1
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '\n' || (char === '/' && !inClass)) return at
  }
  return text.length
}

/** Where the text part of a template ends: at its back quote or at the brace of a substitution. */
const endOfTemplateText = (text: string, start: number): number => {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '`' || (text[at] === '$' && text[at + 1] === '{')) return at
  }
  return text.length
}

const endOfComment = (text: string, start: number): number => {
  const isLine = text[start + 1] === '/'
  const end = text.indexOf(isLine ? '\n' : '*/', start + 2)
  if (end === -1) return text.length
  return isLine ? end : end + 2
}

class Masker {
  readonly #text: string
  readonly #openTemplates: number[] = []
  #masked = ''
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    while (this.#masked.length < this.#text.length) this.#step(this.#masked.length)
    return this.#masked
  }

  #step(at: number): void {
    const char = this.#text[at] ?? ''
    const next = this.#text[at + 1]
    if (char === '/' && (next === '/' || next === '*')) this.#hide(endOfComment(this.#text, at))
    else if (char === '"' || char === "'") this.#quote(endOfQuoted(this.#text, at))
    else if (char === '/' && REGEX_MAY_FOLLOW.test(this.#masked.slice(-80))) this.#quote(endOfRegex(this.#text, at))
    else if (char === '`') this.#template(at)
    else if (char === '}' && this.#depth === this.#openTemplates.at(-1)) this.#continueTemplate(at)
    else this.#keep(char)
  }

  #keep(char: string): void {
    if (char === '{') this.#depth += 1
    if (char === '}') this.#depth -= 1
    this.#masked += char
  }

  #hide(end: number): void {
    this.#masked += blank(this.#text.slice(this.#masked.length, end))
  }

  #quote(end: number): void {
    const start = this.#masked.length
    this.#masked += this.#text[start] ?? ''
    this.#hide(end)
    this.#masked += this.#text.slice(end, end + 1)
  }

  #template(at: number): void {
    this.#masked += '`'
    this.#templateText(at + 1)
  }

  #continueTemplate(at: number): void {
    this.#openTemplates.pop()
    this.#depth -= 1
    this.#masked += '}'
    this.#templateText(at + 1)
  }

  #templateText(start: number): void {
    const end = endOfTemplateText(this.#text, start)
    this.#hide(end)
    if (this.#text[end] === '`') this.#masked += '`'
    if (this.#text[end] !== '$') return
    this.#masked += '${'
    this.#depth += 1
    this.#openTemplates.push(this.#depth)
  }
}

/**
 * The code alone: comments and the insides of strings, templates and regular expressions become spaces. Length and lines stay the same,
 * so an offset means the same place in both texts. It never throws; text that is no code comes back masked in some way.
 */
export const maskCode = (text: string): string => new Masker(text).run()
