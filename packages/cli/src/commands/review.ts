import { ConductError, exitCodes, isConductError } from '@conduct/core'
import { headlineOfReview, renderReviewMarkdown, type ReviewReport, reviewToSarif } from '@conduct/report'
import { review } from '@conduct/review'
import { textValue } from '../arguments/values.ts'
import type { CommandContext, CommandOutcome, CommandRun, CommandSpec } from '../command.ts'
import type { Style } from '../output/style.ts'
import { launch } from '../estate/launch.ts'
import { type CommentedThread, findThread, writeReviewComment } from '../review/comment.ts'
import { gather } from '../review/gather.ts'
import { type ReadRevisions, readRevisions } from '../review/read-revisions.ts'
import { reviewText } from '../review/text.ts'
import { toWireReviewFinding } from '../review/wire.ts'
import { version } from '../version.ts'

const formats = ['text', 'markdown', 'sarif'] as const
type Format = (typeof formats)[number]

export type Flags = {
  readonly base?: string
  readonly format: Format
  readonly comment: boolean
  readonly pullRequest?: string
}

export const spec: CommandSpec<Flags, readonly string[]> = {
  usage: '[--base <revision> | <old> <new>] [--format text|markdown|sarif] [--comment]',
  description: [
    'Explains what a change to lanes.yaml means for those who work under it, not which lines differ: it compares what both revisions put in force, with defaults, presets and aliases resolved. Exit 12 when one of the consequences is a danger.',
    'Where it matters it asks: git, which files of the last 90 days needed a lane and would slip by now; the store of the revision before, who holds a lane, who waits, and how long it was really held. What cannot be asked is said.',
    'A lane is signed off by a commit of lanes.yaml with exactly that lane that its captain signed, or by their approval of the pull request (--pull-request, or the one that the job is about) at exactly its head: their last word, not dismissed, under the account that people names in the revision before, and never of a pull request of their own.',
    'With --comment it stands on the pull request, in one comment that is found again and changed. Where nothing changes any more, the comment says so; where nothing ever did, none is written. A token that may not comment is said, and is no failure.',
    'Without arguments, what is not committed yet. With a base, what this checkout changed since it left that revision.',
  ],
  parameters: {
    flags: {
      base: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'revision',
        brief: 'Compare with lanes.yaml where this branch left that revision; default: HEAD',
      },
      format: {
        kind: 'enum',
        values: formats,
        default: 'text',
        brief: 'markdown fits a pull-request comment',
      },
      comment: {
        kind: 'boolean',
        brief: 'Say it in one comment of the pull request, which later runs change',
      },
      pullRequest: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'pull request',
        brief:
          'Which one it is of (shop#12), for --comment and for approvals. Default: the one that this job is about',
      },
    },
    positional: {
      kind: 'array',
      parameter: { parse: textValue, placeholder: 'file', brief: 'Two files to compare, the old one first' },
    },
  },
  examples: [
    ['review --base main', 'what this branch changes'],
    ['review --base origin/main --format markdown', 'for a comment on the pull request'],
    ['review --base origin/main --comment', 'in a job of CI: writes that comment, or changes it'],
    ['review --base origin/main --format sarif', 'for code review, at the lines'],
    ['review old.yaml new.yaml --json', 'two files, for a program'],
  ],
}

export const run: CommandRun<Flags, readonly string[]> = async (context, flags, ...files) => {
  checkArguments(flags, files)
  const revisions = readRevisions(context, { base: flags.base ?? 'HEAD', files })
  const { before, after } = revisions
  const thread = threadOf(context, flags, revisions)
  const evidence = await gather(context, { revisions, thread })
  const report: ReviewReport = {
    before: before?.name ?? `${flags.base ?? 'HEAD'} (no lanes.yaml)`,
    after: after.name,
    findings: review(before?.revision ?? null, after.revision, evidence),
  }
  const comment =
    thread === null || !flags.comment
      ? null
      : await writeReviewComment(context, { thread, report, revisions })
  const first = report.findings.find(({ severity }) => severity === 'danger')
  const error =
    first === undefined
      ? null
      : new ConductError('REVIEW_REFUSED', `${first.message} (${headlineOfReview(report)})`)
  return {
    exit: error?.exit ?? exitCodes.done,
    data: {
      before: report.before,
      after: report.after,
      verdict: error === null ? 'clear' : 'danger',
      findings: report.findings.map(toWireReviewFinding),
      ...(comment === null ? {} : { comment }),
      ...(flags.format === 'markdown' ? { markdown: renderReviewMarkdown(report) } : {}),
    },
    ...(error === null ? {} : { error }),
    text: render(report, { revisions, format: flags.format }),
    next:
      flags.format === 'text' && first !== undefined
        ? `${launch(context, after.address)} explain ${first.code}`
        : null,
  }
}

/** Where nobody wants it commented, it need not be about a pull request. */
function threadOf(
  context: CommandContext,
  { comment, pullRequest }: Flags,
  revisions: ReadRevisions,
): CommentedThread | null {
  try {
    return findThread(context, { revisions, text: pullRequest })
  } catch (error) {
    if (comment || pullRequest !== undefined || !isConductError(error, 'USAGE')) throw error
    return null
  }
}

function checkArguments({ base, pullRequest }: Flags, files: readonly string[]): void {
  if (files.length !== 0 && files.length !== 2) {
    throw new ConductError('USAGE', `review compares two files, and ${files.length} were named`)
  }
  if (files.length > 0 && base !== undefined) {
    throw new ConductError('USAGE', 'review takes either --base or two files')
  }
  if (pullRequest !== undefined && files.length > 0) {
    throw new ConductError('USAGE', '--pull-request is about a checkout, and two files were named')
  }
}

function render(
  report: ReviewReport,
  { revisions, format }: { readonly revisions: ReadRevisions; readonly format: Format },
): CommandOutcome['text'] {
  switch (format) {
    case 'text': {
      const sources = { before: revisions.before?.text ?? '', after: revisions.after.text }
      return (style: Style) => reviewText(report, sources, style)
    }
    case 'markdown':
      return () => renderReviewMarkdown(report)
    case 'sarif':
      return () => `${JSON.stringify(reviewToSarif(report, { version }), null, 2)}\n`
    default:
      return format satisfies never
  }
}
