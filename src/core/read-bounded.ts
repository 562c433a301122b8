/** All bytes of what comes in chunks. As soon as there are more than so many, whoever sends is left, and what `tooMany` makes is thrown. */
export const readBounded = async (chunks: AsyncIterable<Uint8Array>, mostBytes: number, tooMany: () => Error): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of chunks) {
    sizeBytes += chunk.length
    if (sizeBytes > mostBytes) throw tooMany()
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}
