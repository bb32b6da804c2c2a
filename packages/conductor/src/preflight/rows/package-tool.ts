import type { FrozenRepo, Survey } from '../../context.ts'
import type { AskedTool } from '../evidence.ts'
import { green, type Judgement, notApplicable, red, type Row, together } from '../row.ts'

/** The tools that publish or adopt here are on this machine. */
export const row: Row = {
  check: 'manager',
  over: 'every',
  async judge({ survey, frozen, evidence }) {
    const wanted = wantedTools(survey, frozen)
    if ('judgement' in wanted) return wanted.judgement
    const judged = await Promise.all(
      wanted.tools.map(async (tool) => {
        const version = await evidence.toolVersion(frozen, tool)
        return version === null
          ? red('', `${tool.name} is not on this machine; install it.`)
          : green('', `${tool.name} ${version}.`)
      }),
    )
    return together(judged, 'managers')
  },
}

function wantedTools(
  survey: Survey,
  frozen: FrozenRepo,
): { readonly tools: readonly AskedTool[] } | { readonly judgement: Judgement } {
  if (frozen.role === 'producer') {
    if (survey.artifacts.length === 0 || survey.catchUp) {
      return { judgement: notApplicable('This train publishes nothing.') }
    }
    const publishers = new Set(survey.artifacts.map(({ publisher }) => publisher))
    return {
      tools: [...publishers].map((publisher) => ({
        name: publisher.tool,
        version: (context, worktree) => publisher.version(context, worktree),
      })),
    }
  }
  const consumer = survey.consumers.find(({ name }) => name === frozen.name)
  if (consumer === undefined || consumer.via === 'none' || survey.artifacts.length === 0) {
    return { judgement: notApplicable('Nothing is adopted here.') }
  }
  if (consumer.adopter !== null) {
    const { adopter } = consumer
    return {
      tools: [{ name: adopter.manager, version: (context, worktree) => adopter.version(context, worktree) }],
    }
  }
  return {
    judgement: red(
      '0 of 1 managers',
      'No lockfile of a known package manager at its top; commit one, or name adopt.manager.',
    ),
  }
}
