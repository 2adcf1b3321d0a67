// Owns how the doc comments, the guides and the other documents become a site to browse: `npm run docs`, into site/. A warning
// fails it. Never true here: a page that asks anything of another host.

import { readdirSync } from 'node:fs'
import { ReflectionKind } from 'typedoc'

const guides = readdirSync(new URL('docs/guides', import.meta.url)).map((name) => `docs/guides/${name}`)
const first = 'docs/guides/first-five-minutes.md'

/** How users import the entry points. */
const imported = new Map([
  ['index', 'rumpus'],
  ...['otp', 'portable', 'structured', 'sync', 'events', 'handlers', 'effect', 'fibers', 'logger', 'telemetry'].map(
    (name) => /** @type {const} */ ([name, `rumpus/${name}`]),
  ),
])

/**
 * A module is called what users import, a document what its first heading says; that is listed under what it is.
 *
 * @param {import('typedoc').Application} app
 */
function giveNames(app) {
  app.converter.on('createDeclaration', (_context, declaration) => {
    if (declaration.kind === ReflectionKind.Module)
      declaration.name = imported.get(declaration.name) ?? declaration.name
  })
  app.converter.on('createDocument', (_context, document) => {
    document.frontmatter['group'] = document.name.startsWith('docs/guides/') ? 'Guides' : 'The project'
    const [, heading] = /^# (.+)\n/.exec(document.content[0]?.text ?? '') ?? []
    if (heading === undefined) throw new Error(`a document needs a heading in its first line: ${document.name}`)
    document.name = heading
  })
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  plugin: [giveNames],
  name: 'rumpus',
  entryPoints: [...imported.keys()].map((name) => `js/${name}.ts`),
  tsconfig: 'tsconfig.json',
  out: 'site',
  readme: 'README.md',
  projectDocuments: [
    ...[first, ...guides.filter((path) => path !== first)],
    ...[
      'examples/census/README.md',
      'examples/jobs/README.md',
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      'bench/README.md',
      'CHANGELOG.md',
    ],
  ],
  sortEntryPoints: false,
  groupOrder: ['Guides', 'Modules', 'Functions', 'Classes', 'Interfaces', 'Type Aliases', 'The project'],
  headings: { readme: false },
  navigation: { includeGroups: true },
  searchInComments: true,
  searchInDocuments: true,
  disableSources: true,
  excludeInternal: true,
  hideGenerator: true,
  // What decides `Crossable`, and what several functions answer, for the compiler alone.
  intentionallyNotExported: [
    ...['js/types.ts:Known', 'js/types.ts:Uncrossable'],
    // What supervisors are asked in the messages of their verbs; and whom.
    ...['js/otp/child-spec.ts:Kept', 'js/otp/supervisor.ts:Sup'],
    'js/otp/config-shape.ts:ValueOf',
    ...['AnyClause', 'Kind'].map((name) => `js/handlers/shapes.ts:${name}`),
    ...['Clauses', 'Fits', 'OutOf'].map((name) => `js/handlers/handle.ts:${name}`),
    'js/handlers/effect.ts:Otherwise',
    ...['Main', 'Answer', 'Answers'].map((name) => `js/structured/together.ts:${name}`),
    'js/events/event.ts:Given',
  ],
  // The brands of numbers; and what the comment of the union tells of its parts.
  intentionallyNotDocumented: [
    ...['Answer.__type.[asks]', 'Asks.__type.[asks]', 'Mark.__type.[marks]'],
    ...['Pid.__type.[accepts]', 'ReplyTo.__type.[answers]', 'TimerRef.__type.[timers]'],
    ...['kind', 'value', 'error', 'scheduler'].map((part) => `ExitReason.__type.${part}`),
  ]
    .map((name) => `rumpus.${name}`)
    .concat(
      ['supervisor', 'spec', 'child'].map((part) => `rumpus/otp.SupervisorRequest.__type.${part}`),
      ['to', 'reply', 'error'].map((part) => `rumpus/otp.Outcome.__type.${part}`),
      ['registry', 'key', 'pid', 'value'].map((part) => `rumpus/otp.RegistryRequest.__type.${part}`),
      ['index', 'input', 'status', 'value', 'reason'].map((part) => `rumpus/otp.TaskSettled.__type.${part}`),
      ['type', 'from', 'request', 'message', 'name', 'what'].map((part) => `rumpus/otp.MachineEvent.__type.${part}`),
      ['type', 'select', 'partitions', 'by'].map((part) => `rumpus/otp.Dispatching.__type.${part}`),
      ['rumpus/otp.SubscribeTo.__type.to'],
      ['ms', 'what'].map((part) => `rumpus/otp.Timing.__type.${part}`),
      ['Joining', 'TaskOwner', 'GroupOptions.of', 'PublishOptions.of'].map((name) => `rumpus/otp.${name}.__type.pid`),
      ['AgentDefinition.__type.state', 'Registry.entries.__type.key', 'ConfigOf.__type.type'].map(
        (name) => `rumpus/otp.${name}`,
      ),
      ['Clause.effect.__type.name', 'Unseen.[UNSEEN]'].map((name) => `rumpus/handlers.${name}`),
    ),
  validation: { notDocumented: true },
  treatWarningsAsErrors: true,
}
