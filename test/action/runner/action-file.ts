import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

export interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly run?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, unknown>>
}

export interface ActionFile {
  /** The folder of its action.yml. */
  readonly folder: string
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: unknown }>>
  readonly outputs: Readonly<Record<string, { readonly value?: string }>>
  readonly runs: JavaScriptRuns | CompositeRuns
}

export interface JavaScriptRuns {
  readonly using: 'node24'
  readonly main: string
  readonly post?: string
  readonly 'post-if'?: string
}

export interface CompositeRuns {
  readonly using: 'composite'
  readonly steps: readonly Step[]
}

/**
 * `OWNER/REPO/path@ref` is the repository that was downloaded for it; `$/path` in an action of it is the same repository at the same
 * commit; `./path` is the workspace, also in an action of somebody else.
 */
export function loadAction(
  uses: string,
  places: { readonly repository: string; readonly workspace: string; readonly isInAction: boolean },
): ActionFile {
  const { repository, workspace, isInAction } = places
  const remote = /^[\w.-]+\/conduct\/(?<path>[\w./-]+)@[\w.-]+$/.exec(uses)?.groups?.['path']
  const self = isInAction ? /^\$\/(?<path>[\w./-]+)$/.exec(uses)?.groups?.['path'] : undefined
  const local = /^\.\/(?<path>[\w./-]+)$/.exec(uses)?.groups?.['path']
  const path = remote ?? self
  if (path === undefined && local === undefined) throw new Error(`this runner cannot resolve uses: ${uses}`)
  const file =
    path === undefined ? join(workspace, local ?? '', 'action.yml') : join(repository, path, 'action.yml')
  const parsed = parse(readFileSync(file, 'utf8')) as Partial<ActionFile>
  const { runs } = parsed
  const using: string = runs?.using ?? 'nothing'
  if (runs === undefined || !['node24', 'composite'].includes(using))
    throw new Error(`${file}: this runner does not know runs.using: ${using}`)
  return { folder: dirname(file), inputs: parsed.inputs ?? {}, outputs: parsed.outputs ?? {}, runs }
}
