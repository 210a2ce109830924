import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'

/** Teaches the client LZ4 in the frames that Kafka asks for; the package it would look for does not run on a current Node. */
export function registerLz4(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => lz4.compressFrame(buffer),
    decompress: (buffer: Buffer) => lz4.decompressFrame(buffer),
  })
}
