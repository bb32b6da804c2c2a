import { html, type Html } from './html-escape.ts'

/** The head of every page: in light and dark, no script, nothing from elsewhere, whatever slips through. */
export const pageHead: Html = html`<meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <meta name="color-scheme" content="light dark" />
  <meta name="referrer" content="no-referrer" />
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />`
