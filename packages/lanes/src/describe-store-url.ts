const mark = '***'

/** Values of parameters with such names are credentials, or lead to them. */
const secretParameter = /pass|secret|token|key|credential|signature|auth/i

/** Schemes whose user name is a name. Elsewhere (https remotes, S3) a lone user name is often the token itself. */
const namesItsUser = /^(?:postgres(?:ql)?|(?:git\+)?ssh)$/i

/**
 * The address of a store for people, logs and JSON: without its password, token or other credentials. Whatever does
 * not look like an address is cut rather than shown: too little is better than a secret.
 *
 * Everything that shows an address of a store shows it through this; only what opens the store again has the whole.
 */
export function describeStoreUrl(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(url) ?? []
  if (scheme === undefined || rest === undefined) return describeBare(url)
  const { user, place } = splitUser(rest)
  const [path = '', ...parameters] = place.split('?')
  const shownUser = user === null ? '' : `${describeUser(scheme, user)}@`
  const shownParameters = parameters.length === 0 ? '' : `?${describeParameters(parameters.join('?'))}`
  return `${scheme}://${shownUser}${path}${shownParameters}`
}

/**
 * A password may hold any character where nobody escaped it: the part that begins with `user:` goes on to the last
 * `@`. A user alone ends before the first `/`, `?` or `#`.
 */
function splitUser(rest: string): { readonly user: string | null; readonly place: string } {
  const hasPassword = /^[^@/?#]*:[^]*@/.test(rest)
  const end = rest.search(/[/?#]/)
  const split = hasPassword || end === -1 ? rest.lastIndexOf('@') : rest.slice(0, end).lastIndexOf('@')
  if (split === -1) return { user: null, place: rest }
  return { user: rest.slice(0, split), place: rest.slice(split + 1) }
}

function describeUser(scheme: string, user: string): string {
  const colon = user.indexOf(':')
  if (colon !== -1) return `${user.slice(0, colon)}:${mark}`
  return namesItsUser.test(scheme) ? user : mark
}

function describeParameters(text: string): string {
  return text
    .split('&')
    .map((parameter) => {
      const [name = '', ...value] = parameter.split('=')
      return value.length > 0 && secretParameter.test(name) ? `${name}=${mark}` : parameter
    })
    .join('&')
}

/** `sqlite:/path`, a bare word, or a list of settings such as `host=… password=…`. */
function describeBare(url: string): string {
  if (/^sqlite(?::|$)/.test(url)) return url
  const at = url.lastIndexOf('@')
  const shown = at === -1 ? url : `${mark}${url.slice(at)}`
  return shown.replaceAll(/([a-z_]*(?:pass|secret|token|key)[a-z_]*\s*[=:]\s*)\S+/gi, `$1${mark}`)
}
