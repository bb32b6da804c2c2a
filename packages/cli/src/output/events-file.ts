import { closeSync, openSync, writeSync } from 'node:fs'
import { ConductError, type ConductEvent } from '@conduct/core'
import { toWireEvent } from './wire.ts'

/** `--events`: one JSON document per line, written before the next thing happens. */
export interface EventsFile extends Disposable {
  write(event: ConductEvent): void
}

export function openEventsFile(path: string, redact: (text: string) => string): EventsFile {
  let descriptor: number
  try {
    descriptor = openSync(path, 'w')
  } catch (cause) {
    throw new ConductError('OUTPUT_UNWRITABLE', `--events ${path} cannot be written`, { cause })
  }
  const writeLine = (document: object) => writeSync(descriptor, `${redact(JSON.stringify(document))}\n`)
  writeLine({ type: 'format', format: 1 })
  return {
    write: (event) => writeLine(toWireEvent(event)),
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
