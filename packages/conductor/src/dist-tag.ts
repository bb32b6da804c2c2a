/** A prerelease never becomes what people get without asking for it. */
export function distTagOf(version: string): string {
  const prerelease = /^\d+\.\d+\.\d+-(?<word>[a-z]+)?/iu.exec(version)
  if (prerelease === null) return 'latest'
  return prerelease.groups?.['word'] ?? 'next'
}
