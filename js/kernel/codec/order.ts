// In which order the nodes of a graph can be finished: each after those it leads to, rings together. A pure function on
// numbers. Keeps its own stack, so that nothing recurses with the user's data.

/**
 * The nodes 0 to `count - 1` in groups: those that lead to one another are one group, and each group comes after the groups
 * it leads to. (Tarjan's strongly connected components.)
 */
export const groupsOf = (count: number, edgesOf: (node: number) => readonly number[]): number[][] => {
  const groups: number[][] = []
  /** When a node was first seen, from 1; 0 for not yet. */
  const seen = new Int32Array(count)
  /** The earliest of those still open that it leads to. */
  const lowest = new Int32Array(count)
  const isOpen = new Uint8Array(count)
  const open: number[] = []
  let clock = 0

  const enter = (node: number): Visit => {
    seen[node] = lowest[node] = ++clock
    isOpen[node] = 1
    open.push(node)
    return { node, edges: edgesOf(node), next: 0 }
  }
  const close = (node: number): void => {
    const group = open.splice(open.lastIndexOf(node))
    for (const one of group) isOpen[one] = 0
    groups.push(group)
  }

  for (let root = 0; root < count; root++) {
    if (seen[root] !== 0) continue
    const trail = [enter(root)]
    for (let visit = trail.at(-1); visit !== undefined; visit = trail.at(-1)) {
      const { node } = visit
      const to = visit.edges[visit.next++]
      if (to === undefined) {
        trail.pop()
        if (lowest[node] === seen[node]) close(node)
        const before = trail.at(-1)?.node
        if (before !== undefined) lowest[before] = Math.min(lowest[before], lowest[node])
      } else if (seen[to] === 0) {
        trail.push(enter(to))
      } else if (isOpen[to] === 1) {
        lowest[node] = Math.min(lowest[node], seen[to])
      }
    }
  }
  return groups
}

interface Visit {
  readonly node: number
  readonly edges: readonly number[]
  next: number
}
