import { ConductError } from '@conduct/core'

import type { JsNode } from './node.ts'

export type ParseJavaScript = (
  file: string,
  text: string,
) => { readonly program: JsNode; readonly error: string | null }

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadJavaScript(): Promise<ParseJavaScript> {
  const { parseSync } = await importParser()
  return (file, text) => {
    const { program, errors } = parseSync(file, text)
    return { program: program as unknown as JsNode, error: errors[0]?.message ?? null }
  }
}

async function importParser() {
  try {
    return await import('oxc-parser')
  } catch (cause) {
    throw new ConductError(
      'READER_MISSING',
      'The parser of JavaScript, the package oxc-parser, cannot be loaded.',
      { hint: 'Install it beside conduct: npm install oxc-parser', cause },
    )
  }
}
