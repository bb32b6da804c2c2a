import { parseLanesYaml } from '@conduct/config'
import {
  type Answer,
  type Evidence,
  type LaneUse,
  type RepoHistory,
  review,
  type Revision,
  toRevision,
} from '@conduct/review'
import { base, type Pair } from './pair.ts'

export function revision(file: string, text: string): Revision {
  const { config, findings } = parseLanesYaml({ file, text })
  if (config === null) throw new Error(JSON.stringify(findings, null, 1))
  return toRevision({ file, text }, config)
}

export function edited(text: string, edits: Pair['edits']): string {
  return edits.reduce((now, [from, to]) => {
    if (!now.includes(from)) throw new Error(`the text has no ${from}`)
    return now.replace(from, to)
  }, text)
}

function known<Value>(value: Value): Answer<Value> {
  return { outcome: 'known', value }
}

const nobody: LaneUse = { holders: [], waiting: [], holds: null }

export function evidenceOf({ evidence = {} }: Pair): Evidence {
  const history = new Map<string, Answer<RepoHistory>>([
    [
      'shop',
      known({
        files: ['db/migrate/1_add.rb', 'db/schema.rb', 'db/structure.sql', 'app/cart.rb'],
        cutAt: null,
      }),
    ],
    ['engine', known({ files: ['src/engine.ts', 'docs/a.md'], cutAt: null })],
  ])
  const lanes = new Map(['migration', 'train', 'docs'].map((lane) => [lane, known(nobody)] as const))
  return {
    history: new Map([...history, ...(evidence.history ?? [])]),
    lanes: new Map<string, Answer<LaneUse>>([...lanes, ...(evidence.lanes ?? [])]),
    signOffs: (evidence.signOffs ?? []).map(({ edits, ...signOff }) => ({
      ...signOff,
      config: revision('signed.yaml', edited(base, edits)).config,
    })),
    signOffProblems: evidence.signOffProblems ?? [],
  }
}

/** Severity, code, place before > place after, sentence; then details and files. */
export function told(pair: Pair): readonly string[] {
  const before = revision('old.yaml', edited(base, pair.baseEdits ?? []))
  const after = revision('new.yaml', edited(edited(base, pair.baseEdits ?? []), pair.edits))
  return review(before, after, evidenceOf(pair)).flatMap((finding) => [
    `${finding.severity} ${finding.code} ${finding.before?.line}:${finding.before?.column}>${finding.after.line}:${finding.after.column} ${finding.message}`,
    ...finding.details.map((detail) => `- ${detail}`),
    ...finding.files.map(
      ({ repo, path, rule, otherLanes }) => `- ${repo} ${path} by ${rule} [${otherLanes.join(', ')}]`,
    ),
  ])
}
