import type { Train } from '@conduct/config'

/** Registries that lanes.yaml itself names for a train's packages: tokens of the environment may go there. */
export function declaredRegistries({ producer: { publish } }: Pick<Train, 'producer'>): readonly string[] {
  if (publish === 'infer' || 'workflow' in publish) return []
  return publish.flatMap(({ registry }) => (registry === null ? [] : [registry]))
}
