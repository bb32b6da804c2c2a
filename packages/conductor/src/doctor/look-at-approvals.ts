import type { Identity } from '@conduct/core'
import type { AskForge } from '@conduct/forge'
import { runCommand } from '@conduct/subprocess'
import { succeeded } from '../command-outcome.ts'
import { allowedSignersOf } from '../approval/allowed-signers.ts'
import { proofOf } from '../approval/standing.ts'
import { green, type Judgement, red } from '../preflight/row.ts'
import { judgeApproval } from '../preflight/rows/approval.ts'
import type { Looking } from './files-here.ts'

export interface ApprovalLook {
  readonly check: string
  readonly judgement: Judgement
}

export interface LookAtApprovals extends Looking {
  readonly identity: Identity
  readonly askForge: AskForge
}

const agentMsMax = 10_000

/** Whether plans of each train can be approved, and, where approvals are signed, whether we have the key for it. */
export async function lookAtApprovals(looking: LookAtApprovals): Promise<readonly ApprovalLook[]> {
  const { config, identity, askForge, signal } = looking
  const looks = await Promise.all(
    [...config.trains].map(async ([name, train]) => {
      const forge = async (repo: string) => {
        const declared = config.repos.get(repo)
        return declared === undefined ? null : askForge(declared)
      }
      const judgement = await judgeApproval({ config, train, identity, runCommand, signal, forge })
      return { check: name, judgement }
    }),
  )
  const shown = looks.filter(({ judgement }) => judgement.verdict !== 'not_applicable')
  const key = await lookAtKey(looking)
  return key === null ? shown : [...shown, key]
}

/** Null: nothing is to be signed by us. Nothing is signed here: a key in hardware would ask to be touched. */
async function lookAtKey({ config, identity, signal }: LookAtApprovals): Promise<ApprovalLook | null> {
  const { person } = identity
  const signsOn = [...config.trains.values()].flatMap(({ lane }) => {
    const rule = config.lanes.get(lane)?.approval ?? null
    const isOurs = rule !== null && proofOf(rule) === 'ssh' && person !== null && rule.by.includes(person)
    return isOurs ? [lane] : []
  })
  if (person === null || signsOn.length === 0) return null
  const check = 'signing_key'
  const key = allowedSignersOf(config.people).keyOf(person)
  if (key === null) {
    const detail = `${person} approves with a signature on ${signsOn[0]}, and lanes.yaml lists no key: add people.${person}.signing_key.`
    return { check, judgement: red('1 of 1', detail) }
  }
  const listed = await listAgentKeys(signal)
  if (listed?.includes(key.blob) === true) {
    return {
      check,
      judgement: green('1 of 1', `The agent holds the key that lanes.yaml lists for ${person}.`),
    }
  }
  const why = listed === null ? 'No agent answers' : `The agent holds ${listed.length} keys and not this one`
  const detail = `${why}: whoever approves as ${person} needs the key that lanes.yaml lists: ssh-add it, or name its file with conduct approve --key.`
  return { check, judgement: { verdict: 'unknown', covered: '0 of 1', detail } }
}

async function listAgentKeys(signal: AbortSignal): Promise<readonly string[] | null> {
  const result = await runCommand(
    { argv: ['ssh-add', '-L'] },
    { cwd: '/', timeoutMs: agentMsMax, signal, passEnv: ['SSH_AUTH_SOCK'] },
  ).catch(() => null)
  // 1: it answers, and holds none.
  if (result === null || (!succeeded(result) && result.exitCode !== 1)) return null
  return result.stdout.split('\n').flatMap((line) => line.split(' ')[1] ?? [])
}
