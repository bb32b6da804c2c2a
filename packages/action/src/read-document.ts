import type { Document } from './start-conduct.ts'

/** Fields of a document of another process: nothing about them is taken for granted. */
export function textIn(document: Document, name: string): string {
  const value = document[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function objectIn(document: Document, name: string): Document | null {
  const value = document[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Document) : null
}

export function listIn(document: Document, name: string): readonly Document[] {
  const value = document[name]
  return Array.isArray(value) ? (value as readonly Document[]) : []
}

export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string
}

export function failureIn(document: Document): Failure | null {
  const error = objectIn(document, 'error')
  return error === null
    ? null
    : { code: textIn(error, 'code'), message: textIn(error, 'message'), hint: textIn(error, 'hint') }
}

export interface HeldBy {
  readonly name: string
  readonly task: string
  readonly since: string
}

export function holderIn(document: Document): HeldBy | null {
  const holder = objectIn(document, 'holder')
  return holder === null
    ? null
    : { name: textIn(holder, 'name'), task: textIn(holder, 'task'), since: textIn(holder, 'since') }
}
