import { spawnSync } from 'node:child_process'
import type { DoctorCheck, DoctorSection } from './check.ts'

const NODE_MAJOR_MIN = 24
/** `git push --porcelain` with several refs in one atomic push, as lanes and trains need it. */
const GIT_MIN = [2, 30] as const
const GIT_MS_MAX = 5000

/** The programs that every run needs, and their versions. */
export function lookAtTools(env: NodeJS.ProcessEnv): DoctorSection {
  return {
    section: 'tools',
    about: 'programs on this machine',
    checks: [checkNode(process.versions.node), checkGit(gitVersion(env))],
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
