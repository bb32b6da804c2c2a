/**
 * Records and plans → text, JSON, Markdown and HTML. Pure: no clock, no disk, no network; the same record always
 * gives the same report.
 */
import type { Plan, RunRecord } from '@conduct/core'
import { describeEstate, type EstateInput } from './describe-estate.ts'
import { describePlan, type PlanReportOptions } from './describe-plan.ts'
import { describeRun } from './describe-run.ts'
import { renderHtml } from './html.ts'
import { renderMarkdown } from './markdown.ts'
import { renderText } from './text.ts'

export type { EstateInput } from './describe-estate.ts'
export { approvalToJson, estateToJson, planDiffToJson, planToJson, runToJson } from './wire.ts'

export function renderRunText(record: RunRecord): string {
  return renderText(describeRun(record))
}

export function renderRunMarkdown(record: RunRecord): string {
  return renderMarkdown(describeRun(record))
}

/** One self-contained page: no script, no external resource; light and dark. */
export function renderRunHtml(record: RunRecord): string {
  return renderHtml(describeRun(record))
}

/** @param options.next the command to type next, as in `conduct run engine --plan 5d0e1a`. */
export function renderPlanText(plan: Plan, options: PlanReportOptions = {}): string {
  return renderText(describePlan(plan, options))
}

export function renderPlanMarkdown(plan: Plan, options: PlanReportOptions = {}): string {
  return renderMarkdown(describePlan(plan, options))
}

export function renderPlanHtml(plan: Plan, options: PlanReportOptions = {}): string {
  return renderHtml(describePlan(plan, options))
}

export function renderEstateText(
  status: EstateInput,
  options: { readonly next?: string | null } = {},
): string {
  return renderText(describeEstate(status, options))
}

export {
  type BatchReport,
  waitsText,
  blockersOf,
  headlineOf,
  kindsText,
  locksText,
  proofGaps,
  toldRelations,
} from './batch/batch-report.ts'
export { renderBatchHtml } from './batch/html.ts'
export { renderBatchMarkdown } from './batch/markdown.ts'
export { batchToSarif } from './batch/sarif.ts'
export { renderReviewMarkdown } from './review/markdown.ts'
export { headlineOfReview, type ReviewReport } from './review/review-report.ts'
export { reviewToSarif } from './review/sarif.ts'
