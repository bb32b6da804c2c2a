import type { FileTree } from './ports.ts'

/** A tree held in memory: objects are written as JSON. */
export function treeOf(files: Readonly<Record<string, string | object>>): FileTree {
  const texts = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
    ]),
  )
  return {
    readFile: async (path) => texts.get(path) ?? null,
    listFiles: async () => [...texts.keys()].sort(),
  }
}
