import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export type Files = Readonly<Record<string, string | object>>

/** A fresh folder with these files (objects as JSON); disposing removes it. */
export interface Folder extends AsyncDisposable {
  readonly path: string
  write(files: Files): Promise<void>
}

export async function makeFolder(files: Files = {}): Promise<Folder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'conduct-eco-'))
  const write = async (more: Files): Promise<void> => {
    for (const [name, content] of Object.entries(more)) {
      const file = path.join(folder, name)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
    }
  }
  await write(files)
  return {
    path: folder,
    write,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
