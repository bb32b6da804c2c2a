import type { Repo } from '@conduct/config'
import type { CommandContext } from '../command.ts'

/**
 * The repository that a job of GitHub runs in, as the job says it; null outside of one. It is believed before lanes.yaml: the
 * change that is judged could name a server there, and the job's credentials would be sent to it.
 */
export function repositoryOfJob({ env }: Pick<CommandContext, 'env'>): Pick<Repo, 'remote' | 'forge'> | null {
  const [server = '', fullName = ''] = [env['GITHUB_SERVER_URL'], env['GITHUB_REPOSITORY']]
  if (server === '' || fullName === '') return null
  const isKnown = /^https:\/\/(?:github\.com|[^/]+\.ghe\.com)\/?$/.test(server)
  return {
    remote: `${server.replace(/\/+$/, '')}/${fullName}`,
    forge: isKnown ? null : { kind: 'github', url: server },
  }
}
