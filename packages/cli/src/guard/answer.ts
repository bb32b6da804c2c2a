import type { LanesConfig } from '@conduct/config'
import { ConductError, exitCodes } from '@conduct/core'
import type { JudgedNeed } from '@conduct/guard'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { launchHere } from '../estate/launch.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { quoteWord } from '../quote-word.ts'
import type { GuardClaim } from './ask-store.ts'
import type { CountedCandidate } from './count-candidates.ts'
import { type Decision, isMissing } from './decide.ts'
import type { ReadChange } from './read-change.ts'
import type { Smuggling } from './smuggling.ts'
import { candidateText, needText, smugglingText } from './text.ts'
import { toWireCandidate, toWireNeed, toWireSmuggled } from './wire.ts'

export interface Answered {
  readonly context: CommandContext
  readonly loaded: LoadedConfig
  readonly read: ReadChange
  readonly decision: Decision
  readonly smuggling: Smuggling
  readonly candidates: readonly CountedCandidate[]
  readonly task: string | undefined
  /** `shop#12`: what is judged is not the asker's own work. */
  readonly pullRequest?: string
}

/** What the guard says: to people with the command to type, to programs in the words of the contract. */
export function guardAnswer(answered: Answered): CommandOutcome {
  const { context, loaded, read, decision, smuggling, candidates } = answered
  const { verdict, needs, store, problem, noted } = decision
  const take = (need: JudgedNeed<GuardClaim>): string => takeCommand(answered, need)
  const error = verdict === 'clear' ? null : refusal(answered)
  const data = {
    verdict,
    needs: needs.map((need) => toWireNeed(need, take(need))),
    smuggled: smuggling.signals.map(toWireSmuggled),
    unknown: smuggling.unknown,
    covered: { files: read.change.paths.length },
    repo: read.repository.repo,
    store,
    ...(noted === undefined ? {} : { noted: noted.problem === null }),
    candidates: candidates.map(toWireCandidate),
  }
  const missing = needs.filter(isMissing)
  const [first] = missing
  return {
    exit: error?.exit ?? exitCodes.done,
    data,
    ...(error === null ? {} : { error }),
    next:
      error === null || first === undefined
        ? null
        : store === 'asked'
          ? take(first)
          : `${launchHere(context, loaded.address)} doctor`,
    text: (style) => {
      const beside = [
        smugglingText(smuggling, style),
        ...candidates.map((each) => candidateText(each, style)),
      ].join('')
      if (needs.length === 0) {
        const unasked = candidates.length === 0 ? '; the store was not asked' : ''
        return `${style.green('✔')} Nothing here needs a lane (${read.looked})${unasked}.\n${beside}`
      }
      const listed = `${needs.map((need) => needText(need, style)).join('')}${beside}`
      const others = missing.slice(1).map((need) => `  then: ${take(need)}\n`)
      if (problem === null) return `${listed}${others.join('')}`
      const why =
        store === 'disabled'
          ? 'The store is disabled here'
          : 'The store could not be reached, so nobody knows who holds it'
      const end = verdict === 'clear' ? passed(decision) : 'this is refused'
      const unasked = needs.map(
        (need) => `  ${need.lane}: ${need.because.map(({ match }) => match).join(', ')}\n`,
      )
      return `${style.yellow('!')} ${why}: ${problem.message.replace(/\.$/, '')}.\n${unasked.join('')}  It needs ${needs.length === 1 ? 'that lane' : 'those lanes'}; ${end}.\n${beside}`
    },
  }
}

function passed({ noted }: Decision): string {
  const lets = 'lanes.yaml lets it pass, and it is judged again later'
  if (noted === undefined) return lets
  return noted.problem === null
    ? `${lets}.\n  That it went on is noted here; the next command that reaches the store brings it into the lane's history`
    : `${lets}.\n  That it went on could not be noted: ${noted.problem.replace(/\.$/, '')}`
}

function refusal(answered: Answered): ConductError {
  const { decision } = answered
  const { problem, needs, store } = decision
  if (problem !== null) {
    return new ConductError(problem.code, problem.message, {
      hint: problem.hint,
      retryable: problem.retryable,
      exit: store === 'disabled' ? exitCodes.usage : exitCodes.unreachable,
      cause: problem,
    })
  }
  const missing = needs.filter(isMissing)
  const said = missing.map(({ lane, holder }) =>
    holder === null ? `${lane} is not taken` : `${lane} is held by ${holder.holder}`,
  )
  const [first] = missing
  const message = `This needs a lane that you do not hold: ${said.join('; ')}.`
  return new ConductError(
    'GUARD_REFUSED',
    message,
    first === undefined ? {} : { next: takeCommand(answered, first) },
  )
}

/** The command that takes the lane, or joins its line; from this folder, since its proof stays here. */
export function takeCommand(
  { context, loaded, task, pullRequest }: Pick<Answered, 'context' | 'loaded' | 'task' | 'pullRequest'>,
  need: Pick<JudgedNeed<GuardClaim>, 'lane' | 'resources'>,
): string {
  const { lane, resources } = need
  const forTask = task === undefined ? '' : ` --task ${quoteWord(task)}`
  const what = `lane acquire ${lane}${resourceFlags(loaded.config, lane, resources)}`
  // Where a job runs, nobody types: its author does, in a checkout of their own.
  if (pullRequest !== undefined) return `conduct ${what} --until-merged ${quoteWord(pullRequest)}`
  return `${launchHere(context, loaded.address)} ${what}${forTask}`
}

function resourceFlags(config: LanesConfig, lane: string, resources: readonly string[] | null): string {
  const scope = config.lanes.get(lane)?.scope ?? 'global'
  if (scope === 'global') return ''
  const flag = scope === 'project' ? '--project' : '--repo'
  return resources === null ? '' : resources.map((resource) => ` ${flag} ${quoteWord(resource)}`).join('')
}
