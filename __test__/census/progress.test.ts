import { describe, expect, it } from 'vitest'
import { Progress } from '../../examples/census/progress.js'
import { painter } from '../../examples/census/terminal.js'

/** A screen that keeps what is written, and a clock that stands until it is moved. */
function screen({ live, columns = 80 }: { live: boolean; columns?: number }) {
  const state = { written: [] as string[], time: 0, columns }
  const progress = new Progress({
    write: (text) => void state.written.push(text),
    live,
    columns: () => state.columns,
    paint: painter(false),
    now: () => state.time,
  })
  const later = (ms: number, files: number, bytes: number) => {
    state.time += ms
    progress.add(files, bytes)
  }
  return { state, progress, later, taken: () => state.written.splice(0) }
}

describe('Progress on a terminal', () => {
  it('draws one line over itself, with a bar that grows', () => {
    const { progress, later, taken } = screen({ live: true })
    progress.begin('counting', 2000)
    expect(taken()).toEqual([`\r\u001B[K${'░'.repeat(24)} counting: 0 of 2,000 files, 0 %`])
    later(1000, 500, 3_000_000)
    expect(taken()).toEqual([
      `\r\u001B[K${'█'.repeat(6)}${'░'.repeat(18)} counting: 500 of 2,000 files, 25 %, 3.0 MB/s, 3 s left`,
    ])
    later(3000, 1500, 3_000_000)
    expect(taken()[0]).toContain(`${'█'.repeat(24)} counting: 2,000 of 2,000 files, 100 %, 1.5 MB/s`)
    progress.clear()
    progress.clear()
    expect(taken()).toEqual(['\r\u001B[K'])
  })

  it('says how long it will take from 1 % on', () => {
    const { progress, later, taken } = screen({ live: true })
    progress.begin('counting', 2000)
    later(1000, 19, 0)
    later(1000, 1, 0)
    expect(taken().map((text) => text.slice(text.indexOf('counting')))).toEqual([
      'counting: 0 of 2,000 files, 0 %',
      'counting: 19 of 2,000 files, 0 %',
      'counting: 20 of 2,000 files, 1 %, 198 s left',
    ])
  })

  it('draws ten times a second at most', () => {
    const { progress, later, taken } = screen({ live: true })
    progress.begin('counting', 1000)
    for (let i = 0; i < 1000; i += 1) later(1, 1, 1)
    expect(taken()).toHaveLength(11)
  })

  it('never fills the last column, however narrow it becomes', () => {
    const { state, progress, later, taken } = screen({ live: true, columns: 40 })
    progress.begin('counting on 64 schedulers', 9000)
    for (const columns of [25, 24, 10, 1]) {
      state.columns = columns
      later(100, 1, 1)
    }
    const lengths = taken().map((text) => text.slice('\r\u001B[K'.length).length)
    expect(lengths).toEqual([39, 24, 23, 9, 0])
  })

  it('has no bar while nobody knows how much there is', () => {
    const { progress, later, taken } = screen({ live: true })
    progress.begin('looking')
    later(100, 1234, 0)
    expect(taken()).toEqual(['\r\u001B[K looking: 0 files', '\r\u001B[K looking: 1,234 files'])
  })
})

describe('Progress where nobody watches', () => {
  it('writes a line for each phase and one every ten seconds, and nothing to draw over', () => {
    const { progress, later, taken } = screen({ live: false })
    progress.begin('looking')
    progress.begin('counting', 3000)
    for (let i = 0; i < 25; i += 1) later(1000, 100, 100_000)
    progress.clear()
    expect(taken()).toEqual([
      'census: looking\n',
      'census: counting, 3,000 files\n',
      'census: counting: 1,000 of 3,000 files, 33 %, 0.1 MB/s, 20 s left\n',
      'census: counting: 2,000 of 3,000 files, 66 %, 0.1 MB/s, 10 s left\n',
    ])
  })
})

describe('the summary of a Progress', () => {
  it('has every phase that was begun, with what was done in it', () => {
    const { progress, later } = screen({ live: false })
    expect(progress.summary()).toBe('')
    progress.begin('looking')
    later(5, 30, 0)
    progress.begin('counting', 30)
    later(10, 10, 10_000)
    progress.begin('comparing', 30)
    expect(progress.summary()).toBe(
      '  looking: 30 files\n  counting: 10 of 30 files, 33 %, 1.0 MB/s\n  comparing: 0 of 30 files, 0 %',
    )
  })
})
