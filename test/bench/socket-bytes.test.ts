import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSocketBytes } from '../../bench/limits/socket-bytes.ts'

const TEXT = `0 0 127.0.0.1:4001 127.0.0.1:5000 users:(("node",pid=71,fd=20))
\t cubic rto:204 bytes_sent:100 bytes_acked:90 bytes_received:20 segs_out:3
0 0 127.0.0.1:4001 127.0.0.1:5001 users:(("node",pid=7,fd=21))
\t cubic rto:204 bytes_sent:1000 bytes_received:200
0 0 127.0.0.1:4001 127.0.0.1:5002 users:(("node",pid=71,fd=22))
\t cubic rto:204 bytes_sent:3
`

test('bytes of both ways are summed over the connections of one process', () => {
  assert.equal(readSocketBytes(TEXT, 71), 123)
  assert.equal(readSocketBytes(TEXT, 7), 1200)
  assert.equal(readSocketBytes(TEXT, 1), 0)
})
