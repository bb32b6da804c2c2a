import type { StoreKind } from '@conduct/lanes/engine'

/**
 * What a store costs without any lane: one read and one durable compare-and-set of the same bytes, with the same
 * client and the same settings. Nobody who keeps a lock in this store can do it for less.
 */
export interface Floor extends AsyncDisposable {
  /** The lane's document as it stands in the store now, to be written by the floor. */
  bytesOf(lane: string): Promise<string>
  /** Readies the register that the floor writes: it starts with these bytes. */
  begin(text: string): Promise<void>
  /** Reads, then replaces what it has read. */
  change(text: string): Promise<void>
}

export interface FloorPlace {
  readonly kind: StoreKind
  readonly url: string
  readonly folder: string
  readonly estate: string
}

export async function openFloor(place: FloorPlace): Promise<Floor> {
  switch (place.kind) {
    case 'sqlite':
      return (await import('./sqlite.ts')).openSqliteFloor(place)
    case 'postgres':
      return (await import('./postgres.ts')).openPostgresFloor(place)
    case 's3':
      return (await import('./s3.ts')).openS3Floor(place)
    case 'git':
      return (await import('./git.ts')).openGitFloor(place)
    default:
      return place.kind satisfies never
  }
}
