import { StringDecoder } from 'node:string_decoder'
import { createRedactor } from './redaction.ts'

/** A line longer than this is passed on in pieces. */
const lineLengthMax = 64 * 1024

export interface OutputOptions {
  readonly bytesMax: number
  readonly secrets: readonly string[]
  readonly onLine?: ((line: string) => void) | undefined
}

export interface Output {
  write(chunk: Uint8Array): void
  end(): void
  text(): string
  isTruncated(): boolean
}

/**
 * One stream of a command: bytes in any pieces become redacted text, kept up to a limit (its head and its tail)
 * and passed on line by line.
 */
export function captureOutput(options: OutputOptions): Output {
  const decoder = new StringDecoder('utf8')
  const redactor = createRedactor(options.secrets)
  const kept = keepHeadAndTail(options.bytesMax)
  const lines = options.onLine === undefined ? null : splitLines(options.onLine)

  function accept(text: string): void {
    if (text === '') return
    kept.add(text)
    lines?.add(text)
  }

  return {
    write: (chunk) => accept(redactor.push(decoder.write(chunk))),
    end() {
      accept(redactor.push(decoder.end()))
      accept(redactor.end())
      lines?.end()
    },
    text: () => kept.text(),
    isTruncated: () => kept.droppedBytes() > 0,
  }
}

function keepHeadAndTail(bytesMax: number) {
  const headMax = Math.ceil(bytesMax / 2)
  const tailMax = bytesMax - headMax
  const head: Buffer[] = []
  let headBytes = 0
  const tail: Buffer[] = []
  let tailBytes = 0
  let dropped = 0

  function addToTail(chunk: Buffer): void {
    tail.push(chunk)
    tailBytes += chunk.length
    while (tailBytes > tailMax) {
      const first = tail[0]
      if (first === undefined) return
      const excess = tailBytes - tailMax
      const cut = excess >= first.length ? first.length : nextCharacter(first, excess)
      if (cut === first.length) tail.shift()
      else tail[0] = first.subarray(cut)
      tailBytes -= cut
      dropped += cut
    }
  }

  return {
    add(text: string): void {
      const chunk = Buffer.from(text)
      const room = headMax - headBytes
      if (dropped === 0 && tailBytes === 0 && chunk.length <= room) {
        head.push(chunk)
        headBytes += chunk.length
        return
      }
      const cut =
        tailBytes === 0 && dropped === 0 ? previousCharacter(chunk, Math.min(room, chunk.length)) : 0
      head.push(chunk.subarray(0, cut))
      headBytes += cut
      addToTail(chunk.subarray(cut))
    },
    text(): string {
      const gap = dropped === 0 ? '' : `\n… ${dropped} bytes left out …\n`
      return Buffer.concat(head).toString('utf8') + gap + Buffer.concat(tail).toString('utf8')
    },
    droppedBytes: () => dropped,
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function nextCharacter(bytes: Buffer, from: number): number {
  let at = from
  while (isContinuation(bytes[at])) at += 1
  return at
}

function previousCharacter(bytes: Buffer, from: number): number {
  let at = from
  while (at > 0 && isContinuation(bytes[at])) at -= 1
  return at
}

function splitLines(onLine: (line: string) => void) {
  let pending = ''
  return {
    add(text: string): void {
      const parts = (pending + text).split('\n')
      pending = parts.pop() ?? ''
      for (const line of parts) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (pending.length > lineLengthMax) {
        onLine(pending)
        pending = ''
      }
    },
    end(): void {
      if (pending !== '') onLine(pending)
      pending = ''
    },
  }
}
