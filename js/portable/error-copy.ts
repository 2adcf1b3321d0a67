// Copies of errors: which fields they keep, and the class they come back as. One that is not built in comes back as an Error with
// its name.

/** What of an error crosses beside its name. */
export const ERROR_FIELDS = ['message', 'stack', 'code', 'cause', 'errors'] as const

const CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
}

/** An error of that name, still without its fields. */
export const emptyError = (name: string): Error => {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name]! : Error
  const error = name === 'AggregateError' ? new AggregateError([]) : new Class()
  if (error.name !== name) hide(error, 'name', name)
  return error
}

/** Gives it its fields. */
export const fillError = (error: Error, fields: readonly (readonly [name: string, value: unknown])[]): void => {
  for (const [field, value] of fields) {
    if (field === 'code') (error as { code?: unknown }).code = value
    else hide(error, field, value)
  }
}

const hide = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false })
}
