/**
 * The parser of Ruby itself, as WebAssembly.
 *
 * It is instantiated here and not by its own loader, which imports `node:wasi` and so prints a warning. The module asks for
 * the system's calls and, parsing a text, makes none of them: each one here refuses.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import type { ParseResult } from '@ruby/prism/src/deserialize.js'

/** The part of it that is needed here: its types come with those of browsers. */
declare const WebAssembly: {
  readonly compile: (bytes: Uint8Array) => Promise<object>
  readonly instantiate: (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, () => number>>>>,
  ) => Promise<{ readonly exports: Readonly<Record<string, unknown>> }>
  readonly Module: { readonly imports: (module: object) => readonly { readonly name: string }[] }
}

export type ParseRuby = (text: string) => ParseResult

export async function loadPrism(): Promise<ParseRuby> {
  const { parsePrism } = await import('@ruby/prism/src/parsePrism.js')
  const file = fileURLToPath(import.meta.resolve('@ruby/prism/src/prism.wasm'))
  const module = await WebAssembly.compile(await readFile(file))
  const names = WebAssembly.Module.imports(module).map(({ name }) => name)
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: Object.fromEntries(names.map((name) => [name, refuse])),
  })
  const start = instance.exports['_initialize']
  if (typeof start === 'function') start()
  return (text) => parsePrism(instance.exports, text)
}

/** "Not supported", in the numbers of WASI. */
function refuse(): number {
  return 58
}
