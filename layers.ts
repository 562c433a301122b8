/** One row per folder of src/: the question it answers and the front doors it may import. ARCHITECTURE.md shows the same table. */
export interface Layer {
  readonly folder: string
  readonly answers: string
  readonly mayImport: readonly string[]
}

const STEP = ['#core', '#wire', '#archive', '#trust', '#store', '#network', '#bulk'] as const

export const LAYERS: readonly Layer[] = [
  { folder: 'core', answers: 'What are we talking about?', mayImport: [] },
  { folder: 'config', answers: 'What did the operator ask for?', mayImport: ['#core'] },
  { folder: 'archive', answers: 'What may a package archive contain, and what does it say of itself?', mayImport: ['#core'] },
  { folder: 'foreign', answers: 'What do the indexes of other registries say?', mayImport: ['#core', '#archive'] },
  { folder: 'npm', answers: 'What do npm registries and their clients say?', mayImport: ['#core'] },
  { folder: 'npm/lockfiles', answers: 'Which packages does a lock file of these clients pin?', mayImport: ['#core', '#npm'] },
  { folder: 'trust', answers: 'Whom do we believe?', mayImport: ['#core'] },
  { folder: 'domains', answers: 'What do domains say of who speaks for their names?', mayImport: ['#core'] },
  { folder: 'keystore', answers: 'Who may sign on this machine, and how are the keys kept?', mayImport: ['#core', '#trust'] },
  { folder: 'store', answers: 'What do we hold?', mayImport: ['#core'] },
  { folder: 'network', answers: 'Who is out there, and how do we talk?', mayImport: ['#core'] },
  { folder: 'wire', answers: 'How is a message spelled in bytes?', mayImport: ['#core'] },
  { folder: 'bulk', answers: 'How do bytes cross between two nodes as fast as the wire allows?', mayImport: ['#core', '#wire', '#network'] },
  { folder: 'bandwidth', answers: 'How fast may bytes go, and whose go first?', mayImport: ['#core'] },
  { folder: 'flow/publish', answers: 'How does a folder become a signed release?', mayImport: STEP },
  { folder: 'flow/announce', answers: 'How do others learn of it at once?', mayImport: STEP },
  { folder: 'flow/sync', answers: 'How do others learn of it in the end?', mayImport: STEP },
  { folder: 'flow/search', answers: 'Which packages match these words?', mayImport: STEP },
  { folder: 'flow/resolve', answers: 'Which release does this name mean?', mayImport: STEP },
  { folder: 'flow/prove', answers: 'Does the domain of a name vouch for its publisher?', mayImport: [...STEP, '#domains'] },
  { folder: 'flow/fetch', answers: 'How do its bytes get here?', mayImport: STEP },
  { folder: 'flow/verify', answers: 'Is it exactly what the publisher signed?', mayImport: STEP },
  { folder: 'flow/install', answers: 'How do the bytes become files?', mayImport: STEP },
  { folder: 'flow/seed', answers: 'Who keeps it for everybody else?', mayImport: STEP },
  {
    folder: 'registry',
    answers: 'Who else can answer for packages?',
    mayImport: [...STEP, '#foreign', '#flow/announce', '#flow/sync', '#flow/search', '#flow/verify'],
  },
  {
    folder: 'depot',
    answers: 'What do we hold of the packages of npm, and where does the rest come from?',
    mayImport: ['#core', '#archive', '#npm', '#wire', '#store', '#network', '#registry'],
  },
  {
    folder: 'marketplace',
    answers: 'What is the whole life of a package, in order?',
    mayImport: [
      ...STEP, '#domains', '#foreign', '#registry', '#flow/publish', '#flow/announce', '#flow/sync', '#flow/search', '#flow/resolve', '#flow/prove',
      '#flow/fetch', '#flow/verify', '#flow/install', '#flow/seed',
    ],
  },
  {
    folder: 'bundle',
    answers: 'How do packages travel where no network goes?',
    mayImport: ['#core', '#archive', '#npm', '#npm/lockfiles', '#flow/install', '#store', '#depot', '#marketplace'],
  },
  { folder: 'project', answers: 'What lies in the folders of the user?', mayImport: ['#core', '#archive', '#flow/install', '#store/disk'] },
  {
    folder: 'node',
    answers: 'Which real parts make one node?',
    mayImport: [
      '#core', '#config', '#bandwidth', '#keystore', '#trust', '#store', '#store/disk', '#network', '#network/libp2p', '#bulk', '#bulk/tls', '#domains/web',
      '#foreign/source', '#npm', '#depot', '#registry', '#registry/http', '#flow/publish', '#flow/verify', '#project', '#marketplace', '#node/system',
    ],
  },
  { folder: 'doors/socket', answers: 'How do processes of one user reach each other, and nobody else?', mayImport: ['#core'] },
  { folder: 'doors/control', answers: 'What do terminal and daemon say to each other?', mayImport: ['#core', '#doors/socket'] },
  { folder: 'doors/agent', answers: 'Who signs for a while without asking for the passphrase again?', mayImport: ['#core', '#keystore', '#doors/socket'] },
  { folder: 'doors/http', answers: 'What is the same for all who are asked over HTTP?', mayImport: ['#core'] },
  {
    folder: 'doors/central',
    answers: 'How does a node serve whoever speaks HTTP?',
    mayImport: ['#core', '#archive', '#trust', '#marketplace', '#doors/http'],
  },
  { folder: 'doors/npm', answers: 'How do npm, pnpm, yarn and bun use it?', mayImport: ['#core', '#archive', '#npm', '#depot', '#doors/http'] },
  {
    folder: 'doors/cli',
    answers: 'How do people use it?',
    mayImport: [
      '#core', '#config', '#foreign', '#npm', '#npm/lockfiles', '#flow/install', '#keystore', '#marketplace', '#doors/control', '#doors/agent',
      '#doors/central',
    ],
  },
  {
    folder: 'doors/daemon',
    answers: 'How does it run for months?',
    mayImport: ['#core', '#config', '#marketplace', '#doors/http', '#doors/socket', '#doors/control'],
  },
  {
    folder: 'library',
    answers: 'How do programs use it?',
    mayImport: [
      '#core', '#config', '#archive', '#trust', '#keystore', '#store', '#network', '#flow/install', '#marketplace', '#project', '#node', '#node/system',
      '#doors/control', '#doors/daemon',
    ],
  },
  { folder: 'main', answers: 'Which real things are plugged together?', mayImport: ['*'] },
]
