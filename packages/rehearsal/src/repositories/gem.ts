import { engineVersions } from './engine.ts'
import type { Files } from './files.ts'

/** The engine for apps in Ruby: a gem beside the packages of npm, of the same version, from the same commit. */
export const gemName = 'rehearsal_engine'

/** Where it lies in the producer's repository. */
export const gemFolder = 'gem'

/** Of every estate, and worth nothing outside: the gem server is thrown away with it. */
export const gemKey = 'rubygems_rehearsal'

export const gemCheck = `ruby -I${gemFolder}/lib ${gemFolder}/test/engine_test.rb`

const formatCents = `
  # A sum as people write it: \`12.30 EUR\`.
  def self.format_cents(cents, currency = 'EUR')
    format('%.2f %s', cents / 100.0, currency)
  end
`
const formatTest = `
raise 'writes a sum for people' unless RehearsalEngine.format_cents(1230) == '12.30 EUR'
`

/** Files of the gem, with the feature of the coming version or without. */
export function gemFiles(version: 'from' | 'to', gemsUrl: string): Files {
  const isNew = version === 'to'
  return {
    [`${gemFolder}/${gemName}.gemspec`]: `Gem::Specification.new do |spec|
  spec.name = '${gemName}'
  spec.version = '${engineVersions[version]}'
  spec.summary = 'Baskets and their sums, shared by all apps.'
  spec.authors = ['ana']
  spec.license = 'MIT'
  spec.homepage = 'https://rehearsal.example'
  spec.required_ruby_version = '>= 2.5'
  spec.files = Dir['lib/**/*.rb']
  spec.metadata['allowed_push_host'] = '${gemsUrl.replace(/\/$/, '')}'
end
`,
    [`${gemFolder}/lib/${gemName}.rb`]: `# Sums up a basket; it tells its own version, so that an app can say which one it has really loaded.
module RehearsalEngine
  VERSION = '${engineVersions[version]}'

  # Sum of a basket in cents.
  def self.total_cents(items)
    items.sum { |item| item[:cents] * item.fetch(:count, 1) }
  end
${isNew ? formatCents : ''}end
`,
    [`${gemFolder}/test/engine_test.rb`]: `require '${gemName}'

basket = [{ cents: 250 }, { cents: 100, count: 3 }]
raise 'sums up a basket' unless RehearsalEngine.total_cents(basket) == 550
${isNew ? formatTest : ''}`,
  }
}
