import type { Files } from './files.ts'
import { gemName } from './gem.ts'

/** The part of an app that is written in Ruby and bundled; it answers at the same addresses as the others. */
export function rubyAppFiles(name: string, gemsUrl: string): Files {
  return {
    Gemfile: `source '${gemsUrl}'\n\ngem '${gemName}', '~> 1.0'\n`,
    'receipt.rb': receipt,
    'receipt_test.rb': receiptTest,
    'server.rb': server(name),
  }
}

export const rubyCheck = 'bundle exec ruby receipt_test.rb'

const receipt = `require '${gemName}'

# What the customer reads. Engines before 1.1.0 cannot write a sum, so that we do.
def receipt(items)
  cents = RehearsalEngine.total_cents(items)
  RehearsalEngine.respond_to?(:format_cents) ? RehearsalEngine.format_cents(cents) : "#{cents} cents"
end
`

const receiptTest = `require_relative 'receipt'

raise 'the library is another' unless RehearsalEngine::VERSION.start_with?('1.')
said = receipt([{ cents: 199, count: 2 }, { cents: 1 }])
raise "a receipt names the sum, not #{said}" unless ['399 cents', '3.99 EUR'].include?(said)
`

const server = (name: string) => `require 'json'
require 'socket'
require_relative 'receipt'

basket = [{ cents: 199, count: 2 }, { cents: 1 }]
trap('TERM') { exit!(0) }

server = TCPServer.new('127.0.0.1', Integer(ENV.fetch('PORT', '0')))
$stdout.sync = true
puts "listening #{server.addr[1]}"

loop do
  Thread.new(server.accept) do |client|
    path = client.gets.to_s.split[1]
    nil until [nil, "\\r\\n"].include?(client.gets)
    said =
      if path == '/version'
        { app: '${name}', sha: ENV['RELEASE_SHA'], engine: RehearsalEngine::VERSION }
      else
        { app: '${name}', receipt: receipt(basket) }
      end
    body = JSON.generate(said)
    head = ['HTTP/1.1 200 OK', 'content-type: application/json', "content-length: #{body.bytesize}", 'connection: close']
    client.write("#{head.join("\\r\\n")}\\r\\n\\r\\n#{body}")
  ensure
    client.close
  end
end
`
