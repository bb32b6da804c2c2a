import { type DocumentOptions, parse, type ParseOptions, type SchemaOptions, type ToJSOptions } from 'yaml'
import { unreadable } from './unreadable.ts'

/** Other people's YAML as plain values. @throws ConductError FILE_UNREADABLE */
export function parseYamlText(
  file: string,
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {},
): unknown {
  try {
    return parse(text, { logLevel: 'error', ...options }) as unknown
  } catch (error) {
    // A ReferenceError is an alias that leads nowhere, or one too many.
    if (error instanceof Error && /^YAML|^Reference/.test(error.name)) throw unreadable(file, error)
    throw error
  }
}
