const digest = /^(sha1|sha256|sha384|sha512)-[A-Za-z0-9+/]+={0,2}$/

/** Whether a text is a digest as lockfiles and registries write it. */
export function isDigest(text: string): boolean {
  return digest.test(text)
}

/** Whether two texts are digests of one kind, so that being different means other bytes. */
export function isComparable(one: string, other: string): boolean {
  const algorithm = digest.exec(one)?.[1]
  return algorithm !== undefined && algorithm === digest.exec(other)?.[1]
}
