import { ConductError } from '@conduct/core'
import type { NamedObject } from './git-object.ts'
import { type RunningGit, startGit } from './running-git.ts'

/**
 * Reads objects of one repository through one `git cat-file --batch` that stays open between questions: starting a
 * process takes far longer than an answer.
 *
 * Promises: answers come in the order of the questions; the process ends by itself when nobody has asked for a
 * while, and when this process ends, however it ends; it keeps nobody alive who has no question open.
 */
export interface ObjectReader {
  /**
   * Whatever git can name (`<id>`, `refs/heads/main`, `<commit>:<path>`); null: there is no such object.
   *
   * @throws ConductError GIT_FAILED  it did not answer in time, or ended. The signal's reason when it was cancelled.
   */
  read(name: string): Promise<NamedObject | null>
}

export interface ObjectReaderOptions {
  readonly repository: string
  /** Of one answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** A process that was asked nothing for so long goes; the next question starts another. */
const idleMsMax = 2000

export function openObjectReader(options: ObjectReaderOptions): ObjectReader {
  const { signal } = options
  let open: Conversation | null = null
  return {
    async read(name) {
      signal?.throwIfAborted()
      // A line is a question.
      if (name.includes('\n')) return null
      if (open === null || open.isOver()) open = converse(options)
      return open.ask(name)
    },
  }
}

interface Conversation {
  ask(name: string): Promise<NamedObject | null>
  isOver(): boolean
}

function converse({ repository, timeoutMs, signal }: ObjectReaderOptions): Conversation {
  const git: RunningGit = startGit({ cwd: repository, args: ['cat-file', '--batch'] })
  const asked: PromiseWithResolvers<NamedObject | null>[] = []
  const answers = answerParser((object) => {
    asked.shift()?.resolve(object)
    rest()
  })
  let isOver = false
  let timer: NodeJS.Timeout | null = null

  const end = (error: unknown): void => {
    if (isOver) return
    isOver = true
    if (timer !== null) clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    git.stop()
    for (const one of asked.splice(0)) one.reject(error)
  }
  const failed = (why: string): ConductError => new ConductError('GIT_FAILED', `git cat-file ${why}`)
  const onAbort = (): void => end(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  git.onData((chunk) => {
    try {
      answers(chunk)
    } catch (error) {
      end(error)
    }
  })
  git.onEnd((why) => end(failed(why)))

  /** Waits for the next answer; without a question, for the end. */
  const rest = (): void => {
    if (timer !== null) clearTimeout(timer)
    if (isOver) return
    if (asked.length > 0) {
      git.ref()
      timer = setTimeout(() => end(failed(`did not answer within ${timeoutMs / 1000} s`)), timeoutMs)
      return
    }
    git.unref()
    timer = setTimeout(() => end(failed('was asked nothing any more')), idleMsMax)
    timer.unref()
  }

  return {
    isOver: () => isOver,
    ask(name) {
      const answer = Promise.withResolvers<NamedObject | null>()
      asked.push(answer)
      git.write(`${name}\n`)
      if (asked.length === 1) rest()
      return answer.promise
    },
  }
}

const found = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/

/** `<id> <type> <size>`, a newline, the content, a newline; or one line that names what is missing. */
function answerParser(onAnswer: (object: NamedObject | null) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let length = 0
  let head: { readonly id: string; readonly type: NamedObject['type']; readonly size: number } | null = null

  const joined = (): Buffer => {
    const [only, ...others] = chunks
    const all = only !== undefined && others.length === 0 ? only : Buffer.concat(chunks, length)
    chunks = [all]
    return all
  }
  const drop = (bytes: number): void => {
    const left = joined().subarray(bytes)
    chunks = left.length === 0 ? [] : [left]
    length = left.length
  }

  /** Takes the next whole part off the front; false: it has not come yet. */
  const takePart = (): boolean => {
    if (head !== null) {
      const { id, type, size } = head
      if (length < size + 1) return false
      const content = Buffer.from(joined().subarray(0, size))
      head = null
      drop(size + 1)
      onAnswer({ id, type, content })
      return true
    }
    const newline = length === 0 ? -1 : joined().indexOf(0x0a)
    if (newline === -1) return false
    const [, id, type, size] = found.exec(joined().toString('utf8', 0, newline)) ?? []
    drop(newline + 1)
    if (id === undefined) onAnswer(null)
    else head = { id, type: type as NamedObject['type'], size: Number(size) }
    return true
  }

  return (chunk) => {
    chunks.push(chunk)
    length += chunk.length
    let isThereMore = true
    while (isThereMore) isThereMore = takePart()
  }
}
