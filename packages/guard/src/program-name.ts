/** What a program is called, wherever it lies: `./bin/rails` and `/app/bin/rails` are `rails`. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
