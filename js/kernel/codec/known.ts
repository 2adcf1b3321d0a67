// Which classes cross as what they are, so that nobody registers them anew. Read by no message. Runs anywhere.

const BINARY = [
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView, ArrayBuffer],
  ...(typeof Buffer === 'undefined' ? [] : [Buffer]),
]

const CROSSING: readonly { readonly prototype: object }[] = [
  ...[Object, Array, Map, Set, Date, RegExp, ...BINARY],
  ...[Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError],
]

/** Whether objects with this very prototype cross as what they are. */
export const crossesAlready = (prototype: object): boolean => CROSSING.some((Class) => Class.prototype === prototype)
