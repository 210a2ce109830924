import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'

/** What is compressed instead of the records that the client has encoded; by itself those. */
type Substitute = (encoded: Buffer) => Buffer
let substitute: Substitute = (encoded) => encoded

/**
 * Teaches the client LZ4 in the frames that Kafka asks for; the package it would look for does not run on a current Node. There
 * is one codec for a whole process, so a substitute that somebody has set stays whoever registers after.
 */
export function registerLz4(replacing?: Substitute): void {
  if (replacing) substitute = replacing
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => lz4.compressFrame(substitute(buffer)),
    decompress: (buffer: Buffer) => lz4.decompressFrame(buffer),
  })
}
