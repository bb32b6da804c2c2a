import { isConductError } from '@conduct/core'
import type { FileTree } from '../ports.ts'

/** A file that was not read, or not understood. */
export interface SurveyProblem {
  readonly file: string
  /** Part of a sentence: what is the matter with it. */
  readonly why: string
}

export type Report = (problem: SurveyProblem) => void

/** What cannot be read counts as missing, and is reported. */
export function tolerantTree(tree: FileTree, report: Report): FileTree {
  return {
    ...tree,
    readFile: (file) => orReport(() => tree.readFile(file), { file, otherwise: null, report }),
  }
}

/** What a look gives, or `otherwise` with a problem: of files that are wrong, never of bugs of ours. */
export async function orReport<Value, Otherwise>(
  look: () => Promise<Value>,
  {
    file,
    otherwise,
    report,
  }: { readonly file: string; readonly otherwise: Otherwise; readonly report: Report },
): Promise<Value | Otherwise> {
  try {
    return await look()
  } catch (error) {
    if (!isConductError(error)) throw error
    const named = error.details['file']
    report({ file: typeof named === 'string' ? named : file, why: error.message })
    return otherwise
  }
}
