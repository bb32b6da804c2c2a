/**
 * lanes.yaml → LanesConfig, or everything that is wrong with it.
 *
 * Promises: every finding at once, each at what the reader must edit; `config` is null exactly when one of them
 * is an error; no input makes it throw. Left to others: reading the file, two candidates side by side, whatever
 * needs the store or the history.
 */
import { type Finding, hasErrors, invariant } from '@conduct/core'
import { Cursor } from './cursor.ts'
import { collectFindings, type FindingSink } from './finding-sink.ts'
import type { LanesConfig } from './lanes-config.ts'
import { checkCommands } from './rules/commands.ts'
import { checkApprovalProof } from './rules/approval-proof.ts'
import { checkLanePeople } from './rules/lane-people.ts'
import { checkLanePolicy } from './rules/lane-policy.ts'
import { checkLaneTimes } from './rules/lane-times.ts'
import { checkReferences } from './rules/references.ts'
import type { RuleContext } from './rules/rule-context.ts'
import { checkSecrets } from './rules/secrets.ts'
import { checkTemplates } from './rules/templates.ts'
import { checkTrainConsumers } from './rules/train-consumers.ts'
import { checkTrainDeploys } from './rules/train-deploys.ts'
import { checkTriggerPaths } from './rules/trigger-paths.ts'
import { checkTriggerWords } from './rules/trigger-words.ts'
import { reportSchemaFindings } from './schema-findings.ts'
import type { RawFile } from './schema/file.ts'
import { decode } from './wire.ts'
import { readYamlTree } from './yaml-tree.ts'

export interface LanesSource {
  /** As it is shown in findings. */
  readonly file: string
  readonly text: string
}

export interface ParsedLanes {
  readonly config: LanesConfig | null
  readonly findings: readonly Finding[]
}

const rules: readonly ((context: RuleContext) => void)[] = [
  checkReferences,
  checkLaneTimes,
  checkLanePeople,
  checkApprovalProof,
  checkLanePolicy,
  checkTriggerPaths,
  checkTriggerWords,
  checkTrainConsumers,
  checkTrainDeploys,
  checkCommands,
  checkTemplates,
  checkSecrets,
]

export function parseLanesYaml(source: LanesSource): ParsedLanes {
  const sink = collectFindings(source.file, source.text)
  const file = readAndCheck(source.text, sink)
  const findings = sink.findings()
  if (hasErrors(findings)) return { config: null, findings }
  invariant(file !== null, 'the schema refused a file without findings')
  return { config: decode(file), findings }
}

/** @returns what the schema accepted, whatever else is wrong with it. */
function readAndCheck(text: string, sink: FindingSink): RawFile | null {
  const tree = readYamlTree(text, sink)
  if (tree === null || (tree.kind === 'scalar' && tree.value === null)) {
    if (sink.findings().length === 0)
      sink.report('FILE_EMPTY', { start: 0, end: 0 }, { message: 'the file declares nothing' })
    checkSecrets({ root: new Cursor({ node: null }), sink, text })
    return null
  }
  const root = new Cursor({ node: tree })
  const file = reportSchemaFindings(root, sink)
  for (const rule of rules) rule({ root, sink, text })
  return file
}
