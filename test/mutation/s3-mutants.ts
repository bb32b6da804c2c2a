import type { Mutant } from './mutants.ts'

/** Ways to break what the S3 store does about writes that are not answered, and about records that ride. */
export const s3Mutants: readonly Mutant[] = [
  {
    name: 's3: nonce removed',
    file: 'stores/s3-envelope.ts',
    find: 'nonces: [newNonce(), ',
    replace: "nonces: ['', ",
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is not taken for the same write of somebody else',
    },
  },
  {
    name: 's3: an unanswered write assumed lost',
    file: 'stores/s3-documents.ts',
    find: "if (fate === 'ours') {",
    replace: "if (fate === 'ours' && put.kind === 'written') {",
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is made once when it was told so, whatever became of its tries and whoever wrote in between',
    },
  },
  {
    name: 's3: an unanswered write assumed made',
    file: 'stores/s3-documents.ts',
    find: "if (put.kind === 'unknown') {",
    replace:
      "if (put.kind === 'unknown') return remember(id, { etag: '', envelope: to })\n      if (put.kind === 'unknown') {",
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is made once when it was told so, whatever became of its tries and whoever wrote in between',
    },
  },
  {
    name: 's3: only the latest write remembered',
    file: 'stores/s3-envelope.ts',
    find: 'const noncesMax = 32',
    replace: 'const noncesMax = 1',
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is made once when it was told so, whatever became of its tries and whoever wrote in between',
    },
  },
  {
    name: 's3: a late write not made impossible',
    file: 'stores/s3-documents.ts',
    find: 'if (!open.has(id)) return true',
    replace: 'if (id !== null) return true',
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is made impossible before a later call says that nothing happened',
    },
  },
  {
    name: 's3: a document rewritten with the same bytes',
    file: 'stores/s3-envelope.ts',
    find: 'return nextEnvelope(before, before ?? { logs: {}, pending: [], document: null })',
    replace: 'return before ?? nextEnvelope(before, { logs: {}, pending: [], document: null })',
    killer: {
      file: 'stores/s3-documents.test.ts',
      test: 'is made impossible before a later call says that nothing happened',
    },
  },
  {
    name: 's3: a record dropped before it lies in its slot',
    file: 'stores/s3-riding.ts',
    find: 'const riding = [...left(pending), ...appended]',
    replace: 'const riding = [...appended]',
    killer: {
      file: 'stores/s3-riding.test.ts',
      test: 'rides on until it is known to lie in its slot, whoever writes next',
    },
  },
  {
    name: 's3: whatever lies in a slot taken for the copy',
    file: 'stores/s3-riding.ts',
    find: "encodeStored(record) === encodeStored(entry.record) ? 'copied' : 'other'",
    replace: "encodeStored(record) === '' ? 'other' : 'copied'",
    killer: {
      file: 'stores/s3-riding.test.ts',
      test: 'meets a slot that holds another record: the store went back, and only a restart goes on',
    },
  },
  {
    name: 's3: 412 taken for a win',
    file: 'stores/s3-objects.ts',
    find: "if (isRefused) return { kind: 'refused' }",
    replace: "if (isRefused) return { kind: 'written', etag: '' }",
    killer: {
      file: 'test/integration/s3-lies.test.ts',
      test: 'is tried out once: the next opening costs one GET',
    },
  },
  {
    name: 's3: probe skipped',
    file: 'stores/s3.ts',
    find: '    await requireHonestS3({ objects, newTime })\n',
    replace: '',
    killer: {
      file: 'test/integration/s3-lies.test.ts',
      test: 'is refused again at every opening: only an honest result is remembered',
    },
  },
]
