import { existsSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { renderRunHtml } from '@conduct/report'
import { type Browser, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manyRun } from '../../packages/report/fixtures/many-run.ts'
import { doneRun, hostileRun } from '../../packages/report/fixtures/sample-runs.ts'
import { temporaryFolder } from './conduct-process.ts'

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

interface Opened {
  readonly page: Page
  /** Whatever the page asked for besides itself. */
  readonly requests: readonly string[]
  /** Errors of the page, warnings and errors of its console, dialogs. */
  readonly complaints: readonly string[]
}

/** Opens a page as a reader does: a file on their disk. */
async function openPage(browser: Browser, file: string): Promise<Opened> {
  const page = await browser.newPage()
  const address = pathToFileURL(file).href
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(address, { waitUntil: 'load' })
  return { page, requests, complaints }
}

describe.skipIf(browserPath === undefined)('the report page in a browser (skipped: needs chromium)', () => {
  const folder = temporaryFolder()
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: ['--no-sandbox', '--disable-background-networking'],
    })
  })
  afterAll(async () => {
    await browser.close()
    folder[Symbol.dispose]()
  })

  test('shows what was done without asking anybody for anything', async () => {
    const file = join(folder.path, 'done.html')
    writeFileSync(file, renderRunHtml(doneRun))

    const { page, requests, complaints } = await openPage(browser, file)

    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] })
    expect(await page.title()).toContain(doneRun.run)
    const shown = await page.locator('body').innerText()
    expect(shown).toContain(doneRun.published[0]?.package)
    expect(shown).toContain(doneRun.published[0]?.version)
    for (const { repo, sha } of doneRun.deployed) {
      expect(shown).toContain(repo)
      expect(shown).toContain(sha.slice(0, 7))
    }
  })

  test('fits a phone: nothing makes the page itself scroll sideways', async () => {
    const file = join(folder.path, 'narrow.html')
    writeFileSync(file, renderRunHtml(doneRun))
    const { page } = await openPage(browser, file)

    await page.setViewportSize({ width: 390, height: 800 })

    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(390)
  })

  test('shows an estate of fifty consumers on a phone and on a desk without scrolling sideways', async () => {
    const file = join(folder.path, 'many.html')
    const run = manyRun(50)
    writeFileSync(file, renderRunHtml(run))
    const { page, requests, complaints } = await openPage(browser, file)
    for (const width of [390, 820, 1400]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    }
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] })
    expect(await page.locator('.matrix tbody tr').count()).toBe(51)
    expect(await page.locator('.timeline .row-repo').count()).toBe(51)
    const outside = await page.locator('.bar').evaluateAll(
      (bars) =>
        bars.filter((bar) => {
          const track = bar.parentElement?.getBoundingClientRect()
          const { left, right } = bar.getBoundingClientRect()
          return track === undefined || left < track.left - 1 || right > track.right + 1
        }).length,
    )
    expect(outside).toBe(0)
  })

  test.each(['light', 'dark'] as const)(
    'can be read in %s: every text stands out from what is behind it',
    async (scheme) => {
      const file = join(folder.path, `contrast-${scheme}.html`)
      writeFileSync(file, renderRunHtml(manyRun(4)))
      const { page } = await openPage(browser, file)
      await page.emulateMedia({ colorScheme: scheme })
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
      const faint = await page.evaluate(await readFile(new URL('faint-texts.js', import.meta.url), 'utf8'))
      expect(faint).toEqual([])
    },
  )

  test('keeps details folded on a screen and has them on paper', async () => {
    const file = join(folder.path, 'folded.html')
    writeFileSync(file, renderRunHtml(doneRun))
    const { page } = await openPage(browser, file)
    const steps = page.getByText('live with the integrity that was packed: published before the crash')
    expect(await steps.isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    expect(await steps.isVisible()).toBe(true)
  })

  test('keeps hostile texts texts: no script runs, no link leads anywhere but to http', async () => {
    const file = join(folder.path, 'hostile.html')
    writeFileSync(file, renderRunHtml(hostileRun))

    const { page, requests, complaints } = await openPage(browser, file)

    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] })
    expect(await page.locator('script').count()).toBe(0)
    expect(await page.locator('body').innerText()).toContain('<script>alert(1)</script>')
    const targets = await page
      .locator('[href], [src]')
      .evaluateAll((elements) =>
        elements.map((element) => element.getAttribute('href') ?? element.getAttribute('src') ?? ''),
      )
    expect(targets.filter((target) => !/^(?:https?:\/\/|#)/.test(target))).toEqual([])
    const handlers = await page.evaluate(
      "[...document.querySelectorAll('*')].filter((e) => e.getAttributeNames().some((n) => n.startsWith('on'))).length",
    )
    expect(handlers).toBe(0)
  })
})
