import type { ForgeIdentity, RepoAccess } from '@conduct/forge'
import type { FrozenRepo, Survey } from '../../context.ts'
import { judgeAtForge, judgeReading } from '../forge.ts'
import { green, type Judgement, red, type Row, together, unknown } from '../row.ts'

/** Who am I at the forge, may I do here what the train will do, and do my pull requests get CI. */
export const row: Row = {
  check: 'forge_identity',
  over: 'every',
  judge: (input) =>
    judgeAtForge(input, async ({ forge, repository }) => {
      const { frozen, survey, evidence } = input
      const opensPullRequest = viaOf(frozen, survey) === 'pull_request'
      const [identity, access] = await Promise.all([evidence.forgeIdentity(forge), repository.readAccess()])
      return together(
        [
          judgeReading(identity, {
            what: `Who we are at ${forge.host}`,
            judge: (known) => judgeIdentity(known, opensPullRequest),
          }),
          judgeReading(access, {
            what: `What we may do in ${repository.fullName}`,
            judge: (known) => judgeAccess(known, { name: repository.fullName, opensPullRequest }),
          }),
        ],
        'answers',
      )
    }),
}

/** A repo may be judged as the producer and travel as a consumer, too. */
function viaOf(frozen: FrozenRepo, survey: Survey): string | null {
  return survey.consumers.find(({ name }) => name === frozen.name)?.via ?? null
}

/** Whether pull requests of this identity are any good, where one is opened. */
export function judgeIdentity(identity: ForgeIdentity, opensPullRequest: boolean): Judgement {
  const { login, pullRequestsGetCi } = identity
  if (opensPullRequest && pullRequestsGetCi.answer === 'no') {
    return red('1 of 1', `Pull requests of ${login} get no CI: ${pullRequestsGetCi.because}.`)
  }
  if (opensPullRequest && pullRequestsGetCi.answer === 'unknown') {
    return unknown('0 of 1', `Whether pull requests of ${login} get CI: ${pullRequestsGetCi.because}.`)
  }
  return green('1 of 1', `We are ${login}.`)
}

/** Whether this identity may do in a repository what a train does there. */
export function judgeAccess(
  access: RepoAccess,
  { name, opensPullRequest }: { readonly name: string; readonly opensPullRequest: boolean },
): Judgement {
  if (access.isArchived) return red('1 of 1', `${name} is archived.`)
  if (opensPullRequest && !access.canPush) {
    return red('1 of 1', `We may not write in ${name}, so no pull request can be merged; ask for the right.`)
  }
  return green('1 of 1', `${name} is open to us.`)
}
