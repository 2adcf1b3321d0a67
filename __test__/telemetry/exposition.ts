// Owns how the text that Prometheus scrapes is read: strictly, by the grammar of its exposition format (0.0.4). Throws where a line is not
// of it, or where a family is not whole: samples before their type, twice, of a name that is not the family's, a histogram that does not
// add up.

/** A metric with its samples. */
export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
  }[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)(?: (?<time>-?\d+))?$/
const LABEL = /^(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Inf|NaN)$/
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']

const refuse = (why: string, line: string): never => {
  throw new Error(`${why}: ${line}`)
}

/** The families of a text by their names. */
export function familiesOf(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family>()
  const helps = new Map<string, string>()
  let family: Family | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (word === undefined) {
      if (line.startsWith('#')) refuse('a comment that is none of ours', line)
      if (family === undefined) throw new Error(`a sample before its type: ${line}`)
      family.samples.push(sampleOf(line, family))
      continue
    }
    if (!NAME.test(name)) refuse('no name', line)
    if (word === 'HELP') {
      if (helps.has(name)) refuse('told twice', line)
      helps.set(name, rest)
      continue
    }
    if (!TYPES.includes(rest)) refuse('no type', line)
    if (families.has(name)) refuse('told twice', line)
    family = { name, type: rest, help: helps.get(name) ?? refuse('no help', line), samples: [] }
    families.set(name, family)
  }
  for (const one of families.values()) checkWhole(one)
  return families
}

function sampleOf(line: string, { name: of, type }: Family): Family['samples'][number] {
  const { name = '', labels = '', value = '' } = SAMPLE.exec(line)?.groups ?? refuse('no sample', line)
  const mayEnd = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
  if (!mayEnd.some((end) => name === of + end)) refuse(`not of ${of}`, line)
  if (!NUMBER.test(value)) refuse('no number', line)
  const read: Record<string, string> = {}
  for (let rest = labels; rest !== ''; ) {
    const [whole, key = '', text = ''] = LABEL.exec(rest) ?? refuse('no label', line)
    if (key in read) refuse('a label twice', line)
    read[key] = text.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))
    rest = rest.slice(whole.length)
  }
  return { name, labels: read, value: Number(value.replace('Inf', 'Infinity')) }
}

function checkWhole({ name, type, samples }: Family): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, Object.entries(sample.labels).sort()]))
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice !== undefined) throw new Error(`a sample twice: ${twice}`)
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} counts down`)
  if (type !== 'histogram') return
  const without = (labels: Readonly<Record<string, string>>): string =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([key]) => key !== 'le')
        .sort(),
    )
  for (const count of samples.filter((sample) => sample.name === `${name}_count`)) {
    const own = samples.filter((sample) => without(sample.labels) === without(count.labels))
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('Inf', 'Infinity')))
    const grows = (all: number[], strictly: boolean): boolean =>
      all.every((one, at) => at === 0 || (strictly ? one > all[at - 1]! : one >= all[at - 1]!))
    if (!grows(bounds, true) || bounds.at(-1) !== Number.POSITIVE_INFINITY)
      throw new Error(`bounds of ${name}: ${bounds}`)
    if (
      !grows(
        buckets.map(({ value }) => value),
        false,
      )
    )
      throw new Error(`buckets of ${name} shrink`)
    if (buckets.at(-1)?.value !== count.value) throw new Error(`buckets of ${name} do not add up`)
    if (!own.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`)
  }
}
