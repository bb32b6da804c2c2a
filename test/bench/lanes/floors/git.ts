import path from 'node:path'
import { openRefStore } from '@conduct/git'
import type { Floor, FloorPlace } from './floor.ts'

const timeoutMs = 30_000
const ref = 'refs/conduct-floor/lane'
const file = 'document.json'

/** One fetch, one commit made without a process, one push with the explicit expectation: the client of the store. */
export async function openGitFloor({ url, folder }: FloorPlace): Promise<Floor> {
  const remote = url.replace(/^git\+/, '')
  const refs = await openRefStore({ cacheDir: path.join(folder, 'floor-cache'), remote })
  const push = async (expect: string | null, text: string): Promise<void> => {
    const change = { parent: expect, files: new Map([[file, text]]), message: 'floor', wallMs: Date.now() }
    const commit = await refs.commit(change, timeoutMs)
    const { outcome } = await refs.push({ ref, commit, expect }, timeoutMs)
    if (outcome !== 'pushed') throw new Error(`nobody else writes here, and yet: ${outcome}`)
  }
  return {
    bytesOf: async (lane) => {
      const heads = await refs.list('refs/conduct/', timeoutMs)
      for (const name of heads.keys()) {
        const head = await refs.fetch(name, timeoutMs)
        const texts =
          head === null ? [] : await refs.read(head, await refs.names(head, '', timeoutMs), timeoutMs)
        for (const [, text] of texts)
          if (text.includes(`"lane":"${lane}"`) && text.includes('"holders"')) return text
      }
      throw new Error(`no document of ${lane} in ${[...heads.keys()].join(', ')}`)
    },
    begin: (text) => push(null, text),
    change: async (text) => {
      const head = await refs.fetch(ref, timeoutMs)
      if (head === null) throw new Error('the floor has begun')
      const before = (await refs.read(head, [file], timeoutMs)).get(file)
      JSON.parse(before ?? '')
      await push(head, text)
    },
    [Symbol.asyncDispose]: () => refs[Symbol.asyncDispose](),
  }
}
