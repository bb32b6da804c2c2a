import type { Form } from './table.ts'

/** What every benchmark is run with. */
export interface MeasureOptions {
  readonly form: Form
  /** Writes what it finds into the README it belongs to. */
  readonly isForReadme: boolean
}
