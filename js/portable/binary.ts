// Copies of binary data: typed arrays, DataViews, ArrayBuffers, and Node's Buffer where there is one. Owns which classes cross.
// Never here: memory that is shared, a view of more bytes than it shows.

type ViewClass = (new (
  buffer: ArrayBuffer,
  offset: number,
  length: number,
) => ArrayBufferView) & {
  readonly BYTES_PER_ELEMENT?: number
}

const VIEWS: readonly ViewClass[] = [
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
]

interface NodeBuffer {
  isBuffer(value: unknown): boolean
  from(buffer: ArrayBuffer, offset?: number, length?: number): ArrayBufferView
}

/** Node's, where this is Node. */
const nodeBuffer = (): NodeBuffer | undefined => (globalThis as { Buffer?: NodeBuffer }).Buffer

const isShared = (buffer: ArrayBufferLike): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer

/** How to make a view like `view` of another buffer with the same bytes; nothing if such views do not cross. */
export const viewOf = (
  view: ArrayBufferView,
): ((buffer: ArrayBuffer, offset?: number) => ArrayBufferView) | undefined => {
  const { byteOffset, byteLength } = view
  const node = nodeBuffer()
  if (node?.isBuffer(view)) return (buffer, offset = byteOffset) => node.from(buffer, offset, byteLength)
  const Class = view.constructor as ViewClass
  if (!VIEWS.includes(Class)) return undefined
  const length = byteLength / (Class.BYTES_PER_ELEMENT ?? 1)
  return (buffer, offset = byteOffset) => new Class(buffer, offset, length)
}

/** A copy, or nothing if this is no binary data that crosses. */
export const copyBinary = (value: object): unknown => {
  if (ArrayBuffer.isView(value)) {
    if (isShared(value.buffer)) return undefined
    const bytes = bytesOf(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
    return bytes && viewOf(value)?.(bytes, 0)
  }
  const isBuffer = value instanceof ArrayBuffer && Object.getPrototypeOf(value) === ArrayBuffer.prototype
  return isBuffer ? bytesOf(value, 0, value.byteLength) : undefined
}

/** Nothing, for a buffer that was transferred away. */
const bytesOf = (buffer: ArrayBuffer, offset: number, length: number): ArrayBuffer | undefined => {
  try {
    return new Uint8Array(buffer, offset, length).slice().buffer as ArrayBuffer
  } catch {
    return undefined
  }
}
