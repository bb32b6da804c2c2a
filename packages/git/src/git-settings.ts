/** What every git of ours is told, and what of the person's environment reaches it. */
const config = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.filesRefLockTimeout=5000',
  'core.packedRefsTimeout=5000',
  'gc.auto=0',
  'maintenance.auto=false',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'push.gpgSign=false',
  'push.followTags=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'i18n.commitEncoding=utf-8',
  'advice.detachedHead=false',
]
const privateConfig = ['core.autocrlf=false', 'core.excludesFile=/dev/null', 'core.attributesFile=/dev/null']

/** @param options.keepsExcludes leaves the person's excludes in force: only for looking at their own checkout */
export function gitSettings(
  options: { readonly keepsExcludes?: boolean | undefined } = {},
): readonly string[] {
  return options.keepsExcludes === true ? config : [...config, ...privateConfig]
}

/** The same for who starts git without simple-git. */
export function gitArguments(): readonly string[] {
  return gitSettings().flatMap((setting) => ['-c', setting])
}

/** What git, ssh and a credential helper need of the person's environment. */
const passedNames = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'SSH_ASKPASS',
  'GIT_SSH_COMMAND',
  'GIT_ASKPASS',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
]

export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const built: Record<string, string> = {}
  for (const name of passedNames) {
    const value = process.env[name]
    if (value !== undefined) built[name] = value
  }
  return {
    ...built,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...extra,
  }
}
