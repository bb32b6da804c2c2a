/** What changes nothing whoever answers it: reading, comparing, formatting, and walking through what is there. */
const pure = new Set(
  `to_s to_sym to_i to_f to_d to_a to_h to_json to_str to_date to_time to_datetime to_r to_c inspect name id class object_id hash
  [] at fetch dig key? has_key? include? member? keys values values_at slice except compact compact_blank flatten uniq sort sort_by min max min_by max_by
  sum first last size length count empty? any? all? none? one? blank? present? presence nil? zero? positive? negative? even? odd?
  each each_with_index each_pair each_key each_value each_with_object each_slice each_cons each_entry map collect flat_map filter_map select filter
  reject find detect find_index index find_all partition group_by index_by index_with tally zip product combination permutation inject reduce
  reverse rotate take take_while drop drop_while chunk_while lazy join cycle entries times upto downto step loop
  + - * / % ** == != < > <= >= <=> & | ^ ~ ! << >> -@ +@ =~ !~ === eql? equal?
  strip lstrip rstrip squish chomp chop upcase downcase capitalize titleize humanize camelize classify tableize underscore dasherize parameterize
  pluralize singularize demodulize deconstantize foreign_key split gsub sub tr delete_prefix delete_suffix match match? scan start_with? end_with?
  starts_with? ends_with? ljust rjust center truncate lines chars bytes encode force_encoding unicode_normalize html_safe unpack unpack1
  dup clone freeze frozen? itself tap then yield_self is_a? kind_of? instance_of? respond_to? method methods
  abs round floor ceil divmod fdiv modulo succ pred ord chr hex
  ago from_now since until day days week weeks month months year years hour hours minute minutes second seconds beginning_of_day end_of_day
  beginning_of_month end_of_month utc in_time_zone iso8601 strftime parse year month mday hour min sec now today current zone
  message backtrace full_message cause read exist? basename dirname extname expand_path
  merge reverse_merge deep_merge transform_values transform_keys deep_symbolize_keys symbolize_keys stringify_keys with_indifferent_access invert
  find_each find_in_batches in_batches instance_variable_get instance_variable_defined? constants const_defined?
  stdout stderr info debug warn error logger puts print flush progress increment log benchmark realtime`.split(
    /\s+/,
  ),
)

export function isPure(name: string): boolean {
  return pure.has(name)
}
