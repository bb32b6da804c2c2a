import { green, type Judgement, notApplicable, publishedArtifacts, red, type Row, together } from '../row.ts'

/** No tag of this release stands at another commit. */
export const row: Row = {
  check: 'tag_free',
  over: 'producer',
  async judge({ survey, frozen }) {
    const tags = publishedArtifacts(survey).flatMap(({ tag }) => (tag === null ? [] : [tag]))
    if (tags.length === 0) return notApplicable('Nothing is tagged.')
    const judged = await Promise.all(
      tags.map(async (tag, index): Promise<Judgement> => {
        if (tags.indexOf(tag) !== index) {
          return red('', `Two packages share the tag ${tag}; give each a prefix with tag: in lanes.yaml.`)
        }
        const commit = await frozen.mirror.remoteTag(tag)
        if (commit === null) return green('', `${tag} is free.`)
        if (commit === frozen.commit) return green('', `${tag} stands at the frozen commit already.`)
        return red('', `${tag} stands at ${commit.slice(0, 7)} already; bump the version: tags never move.`)
      }),
    )
    return together(judged, 'tags')
  },
}
