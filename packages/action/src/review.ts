import { relative, resolve } from 'node:path'
import { conductOfJob } from './conduct-of-job.ts'
import { main } from './main.ts'
import { failureIn, listIn, objectIn, textIn } from './read-document.ts'
import { addSummary, flagInput, input, remark, setOutputs } from './runner.ts'
import { type Document, startConduct } from './start-conduct.ts'
import { code, failureRemark, failureSummary } from './words.ts'

/** Checks lanes.yaml, then says in one comment of the pull request what a change to it means. */
await main(async () => {
  const conduct = conductOfJob(null)
  const checked = await startConduct(conduct, ['check'])
  for (const finding of listIn(checked.document, 'findings')) remarkFinding(finding, conduct.workingDirectory)
  if (checked.exit !== 0) {
    const failure = failureIn(checked.document) ?? {
      code: 'CONFIG_INVALID',
      message: 'lanes.yaml is wrong',
      hint: '',
    }
    if (listIn(checked.document, 'findings').length === 0) remark(failureRemark(failure))
    addSummary(failureSummary(failure))
    setOutputs({ outcome: 'error', dangers: '', comment: '', comment_url: '', error: failure.code })
    return checked.exit
  }
  const named = input('pull_request')
  const { exit, document } = await startConduct(conduct, [
    'review',
    '--base',
    baseOf(input('base')),
    '--format',
    'markdown',
    '--comment',
    ...(named === '' ? [] : ['--pull-request', named]),
  ])
  const findings = listIn(document, 'findings')
  const dangers = findings.filter((finding) => textIn(finding, 'severity') === 'danger')
  const comment = objectIn(document, 'comment')
  const verdict = textIn(document, 'verdict')
  const failure = verdict === '' ? failureIn(document) : null
  setOutputs({
    outcome: verdict === 'clear' || verdict === 'danger' ? verdict : 'error',
    dangers: verdict === '' ? '' : String(dangers.length),
    comment: comment === null ? '' : textIn(comment, 'outcome'),
    comment_url: comment === null ? '' : textIn(comment, 'url'),
    error: failure?.code ?? '',
  })
  if (failure !== null || verdict === '') {
    const told = failure ?? {
      code: 'NO_ANSWER',
      message: 'conduct gave an answer that is not known here',
      hint: '',
    }
    remark(failureRemark(told))
    addSummary(failureSummary(told))
    return exit || 1
  }
  addSummary(textIn(document, 'markdown'))
  const because = comment === null ? '' : textIn(comment, 'because')
  // Of a fork the token may only read; what the comment would say stands in the summary.
  if (because !== '') addSummary(`⚠️ The comment on the pull request was not written: ${code(because)}`)
  const doFail = input('fail_on_danger') === '' || flagInput('fail_on_danger')
  for (const danger of dangers) {
    const place = objectIn(danger, 'after')
    const message = textIn(danger, 'message')
    const at = place === null ? {} : placeOf(place, conduct.workingDirectory)
    remark({ severity: doFail ? 'error' : 'warning', title: textIn(danger, 'code'), message, ...at })
  }
  return doFail ? exit : 0
})

/** The base of a pull request as the checkout has it. */
function baseOf(given: string): string {
  const branch = process.env['GITHUB_BASE_REF'] ?? ''
  if (given !== '') return given
  if (branch === '') throw new Error('base is not set, and this is no job of a pull request')
  return `origin/${branch}`
}

function remarkFinding(finding: Document, folder: string): void {
  const severity = textIn(finding, 'severity') === 'error' ? 'error' : 'warning'
  const message = [textIn(finding, 'message'), textIn(finding, 'hint')]
    .filter((line) => line !== '')
    .join('\n')
  remark({ severity, title: textIn(finding, 'code'), message, ...placeOf(finding, folder) })
}

/** From the top of the workspace, as the runner wants it. */
function placeOf(place: Document, folder: string): { file?: string; line?: number; column?: number } {
  const [line, column] = [Number(textIn(place, 'line')), Number(textIn(place, 'column'))]
  const file = textIn(place, 'file')
  if (file === '') return {}
  const path = relative(process.env['GITHUB_WORKSPACE'] ?? folder, resolve(folder, file))
  return { file: path, ...(line > 0 ? { line } : {}), ...(column > 0 ? { column } : {}) }
}
