import type { Looking } from '@conduct/conductor'
import { systemClock } from '@conduct/lanes/engine'
import { resolveIdentity } from '../estate/identity.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { DoctorSection } from './check.ts'
import { judgedCheck } from './judged.ts'
import type { Found, Part, Patient } from './look.ts'
import { describeRegistries } from './registries.ts'
import { lookAtRemotes } from './remotes.ts'
import type { SectionName } from './section-names.ts'
import { describeTools } from './tools.ts'

/** Parts that look beyond this process: what conducts trains loads only where one of them needs it. */
export function outsideParts(patient: Patient, missing: string): readonly Part[] {
  const { context, loaded, signal, cacheDir, askForge } = patient
  /** A part about what lanes.yaml declares. */
  const part = (
    name: SectionName,
    look: (declared: LoadedConfig, looking: Looking) => Promise<Found>,
  ): Part => ({
    name,
    look: async () => {
      if (loaded === null) return missing
      const { config, address } = loaded
      return look(loaded, { config, configPath: address, cacheDir, signal })
    },
  })
  const trained = (name: SectionName, look: (looking: Looking, declared: LoadedConfig) => Promise<Found>) =>
    part(name, async (declared, looking) =>
      declared.config.trains.size === 0 ? 'lanes.yaml declares no train.' : look(looking, declared),
    )
  return [
    {
      name: 'tools',
      look: async () => {
        if (loaded === null || loaded.config.trains.size === 0) return describeTools(context.env, null)
        const { lookAtTools } = await import('@conduct/conductor')
        const { config, address } = loaded
        const needed = await lookAtTools({ config, configPath: address, cacheDir, signal })
        return describeTools(context.env, needed)
      },
    },
    part('remote', async ({ config }) => lookAtRemotes(config, { signal })),
    trained('registry', async (looking) => {
      const { lookAtRegistries } = await import('@conduct/conductor')
      return describeRegistries(await lookAtRegistries({ ...looking, clock: systemClock }))
    }),
    part('forge', async (_declared, looking) => {
      const { lookAtForges } = await import('@conduct/conductor')
      const looks = await lookAtForges({ ...looking, askForge })
      if (looks.length === 0) return 'No train, task or approval has to do with a forge.'
      return looks.map(({ host, repos, checks }) =>
        section('forge', `${host} for ${repos.join(', ')}`, checks),
      )
    }),
    trained('approval', async (looking, { config }) => {
      const { lookAtApprovals } = await import('@conduct/conductor')
      const { cwd, env, global } = context
      const identity = resolveIdentity({ as: global.as, cwd, env, people: new Set(config.people.keys()) })
      const looks = await lookAtApprovals({ ...looking, identity, askForge })
      if (looks.length === 0) return 'lanes.yaml asks for no approval.'
      return [section('approval', `of what ${identity.holder} asks for`, looks)]
    }),
    part('notify', async ({ config }, looking) => {
      if (config.notify === null) return 'lanes.yaml notifies nobody.'
      const { lookAtNotify } = await import('@conduct/conductor')
      const kind = 'url' in config.notify ? 'address' : 'command'
      return [
        section('notify', 'who hears of runs', [{ check: kind, judgement: await lookAtNotify(looking) }]),
      ]
    }),
  ]
}

interface Judged {
  readonly check: string
  readonly judgement: Parameters<typeof judgedCheck>[1]
  readonly isSilent?: boolean
}

function section(name: SectionName, about: string, checks: readonly Judged[]): DoctorSection {
  return {
    section: name,
    about,
    checks: checks.map(({ check, judgement, isSilent }) =>
      judgedCheck(check, judgement, { isSilent: isSilent === true }),
    ),
  }
}
