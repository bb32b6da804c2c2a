import { spawnSync } from 'node:child_process'
import type { ToolsLook } from '@conduct/conductor'
import { type DoctorCheck, okCheck } from './check.ts'
import type { Found } from './look.ts'

const NODE_MAJOR_MIN = 24
/** `git push --porcelain` with several refs in one atomic push, as lanes and trains need it. */
const GIT_MIN = [2, 30] as const
const GIT_MS_MAX = 5000

/** The programs that every command needs, and those that the trains of this lanes.yaml need. */
export function describeTools(env: NodeJS.ProcessEnv, needed: ToolsLook | null): Found {
  const machine = [checkNode(process.versions.node), checkGit(gitVersion(env))]
  const managers = (needed?.tools ?? []).map(checkTool)
  const unseen = (needed?.unseen ?? []).map(unseenCheck)
  return [
    { section: 'tools', about: 'programs on this machine', checks: [...machine, ...managers, ...unseen] },
  ]
}

function checkTool({ tool, version, repos }: ToolsLook['tools'][number]): DoctorCheck {
  const of = repos.join(', ')
  if (version !== null) return okCheck(tool, `${tool} ${version}, for ${of}.`)
  const remedy = `Install it, or run the trains of ${of} from a machine that has it.`
  return { check: tool, verdict: 'failed', detail: `${of}: ${tool} is not on this machine.`, remedy }
}

function unseenCheck(repo: string): DoctorCheck {
  return {
    check: repo,
    verdict: 'unknown',
    detail: 'Neither a checkout nor a mirror of it is here, so which package manager it needs is not known.',
    remedy: `Declare repos.${repo}.path in lanes.yaml, or plan a train once: that fetches it.`,
  }
}

export function checkNode(version: string): DoctorCheck {
  const isEnough = Number(version.split('.', 1)[0]) >= NODE_MAJOR_MIN
  return {
    check: 'node',
    verdict: isEnough ? 'ok' : 'failed',
    detail: `Node ${version}.`,
    remedy: isEnough ? null : `Install Node ${NODE_MAJOR_MIN} or newer.`,
  }
}

/** @param printed what `git --version` printed; null: it could not be run. */
export function checkGit(printed: string | null): DoctorCheck {
  const remedy = `Install git ${GIT_MIN.join('.')} or newer.`
  if (printed === null) return { check: 'git', verdict: 'failed', detail: 'There is no git in PATH.', remedy }
  const [, major, minor] = /(\d+)\.(\d+)/.exec(printed) ?? []
  if (major === undefined || minor === undefined) {
    return { check: 'git', verdict: 'unknown', detail: `git says: ${printed.trim()}.`, remedy }
  }
  const [minMajor, minMinor] = GIT_MIN
  const isEnough = Number(major) > minMajor || (Number(major) === minMajor && Number(minor) >= minMinor)
  return {
    check: 'git',
    verdict: isEnough ? 'ok' : 'failed',
    detail: `${printed.trim()}.`,
    remedy: isEnough ? null : remedy,
  }
}

function gitVersion(env: NodeJS.ProcessEnv): string | null {
  const { status, stdout } = spawnSync('git', ['--version'], { encoding: 'utf8', timeout: GIT_MS_MAX, env })
  return status === 0 ? stdout : null
}
