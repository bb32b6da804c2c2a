import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

/** What expressions see. A context that is not here is an error of whoever writes one, as is a function. */
export interface Contexts {
  readonly github: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, string>>
  readonly steps: Readonly<Record<string, unknown>>
}

export type Status = 'success' | 'failure' | 'cancelled'

/** Text with `${{ … }}` in it, by GitHub's own evaluator. */
export function evaluateText(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    evaluate(expression, contexts, 'success').coerceString(),
  )
}

export function evaluateAll(
  texts: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, evaluateText(String(text), contexts)]),
  )
}

/** `if:`; without a function about the status it means `success() && …`. */
export function evaluateCondition(
  condition: string | undefined,
  contexts: Contexts,
  status: Status,
): boolean {
  const plain = (condition ?? 'success()').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1')
  const isAboutStatus = /\b(?:always|success|failure|cancelled)\s*\(/.test(plain)
  const result = evaluate(isAboutStatus ? plain : `success() && (${plain})`, contexts, status)
  return result.kind === data.Kind.Boolean ? result.coerceString() === 'true' : result.coerceString() !== ''
}

function evaluate(expression: string, contexts: Contexts, status: Status): data.ExpressionData {
  const functions = Object.entries({
    always: true,
    success: status === 'success',
    failure: status === 'failure',
    cancelled: status === 'cancelled',
  }).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }))
  const { tokens } = new Lexer(expression).lex()
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse()
  const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
  return new Evaluator(parsed, context, new Map(functions.map((one) => [one.name, one]))).evaluate()
}
