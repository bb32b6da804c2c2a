import { ConductError } from '@conduct/core'

import { plainTree, type ParsePython } from './tree.ts'

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadPython(): Promise<ParsePython> {
  const { parser } = await importParser()
  return (text) => plainTree(parser.parse(text), text)
}

async function importParser() {
  try {
    return await import('@lezer/python')
  } catch (cause) {
    throw new ConductError(
      'READER_MISSING',
      'The parser of Python, the package @lezer/python, cannot be loaded.',
      { hint: 'Install it beside conduct: npm install @lezer/python@1', cause },
    )
  }
}
