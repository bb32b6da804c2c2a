import { judgeReading } from '../forge.ts'
import { green, notApplicable, nothingPublished, publishedArtifacts, red, type Row } from '../row.ts'

/** A declared release at the forge can be made after the tag. */
export const row: Row = {
  check: 'forge_release',
  over: 'producer',
  isNeverOverridden: true,
  async judge({ context, survey, frozen, evidence }) {
    if (!context.train.forgeRelease) return notApplicable('No release at the forge is declared.')
    const artifacts = publishedArtifacts(survey)
    if (artifacts.length === 0) return nothingPublished
    const untagged = artifacts.filter(({ tag }) => tag === null).map(({ name }) => name)
    if (untagged.length > 0) {
      return red(
        `${artifacts.length - untagged.length} of ${artifacts.length} tags`,
        `A release is one of a tag, and ${untagged.join(', ')} is not tagged; declare tag:, or forge_release: false.`,
      )
    }
    const at = await evidence.forge(frozen)
    if (at === null) {
      return red(
        '1 of 1 forges',
        `A release needs a forge: declare repos.${frozen.name}.forge, or forge_release: false.`,
      )
    }
    return judgeReading(await at.repository.readAccess(), {
      what: `Whether ${frozen.name} takes a release`,
      judge: ({ canPush, isArchived }) =>
        canPush && !isArchived
          ? green('1 of 1 forges', `${at.repository.fullName} takes a release of each tag.`)
          : red(
              '1 of 1 forges',
              `${at.repository.fullName} takes no release from this identity${isArchived ? ': it is archived' : ''}; give it write access to contents, or declare forge_release: false.`,
            ),
    })
  },
}
