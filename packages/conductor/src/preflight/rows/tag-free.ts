import { refNameProblem } from '@conduct/git'
import { green, type Judgement, notApplicable, publishedArtifacts, red, type Row, together } from '../row.ts'

/** A remote keeps a tag as a file, or as a part of one name: a longer one is refused, and only when it is pushed. */
const tagLengthMax = 200

/** No tag of this release stands at another commit, and each can be made: found out now, not after the proof. */
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
        const problem =
          tag.length > tagLengthMax ? `is longer than ${tagLengthMax} characters` : refNameProblem(tag)
        if (problem !== null) {
          return red(
            '',
            `The tag ${JSON.stringify(tag)} ${problem}; give it another name with tag: in lanes.yaml.`,
          )
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
