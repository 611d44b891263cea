/**
 * Every setting of the node, once: meaning, unit, default, environment variable, secret or not. `docs/configuration.md` is generated from it
 * and `load.ts` reads by it. A path `a.b` is nested in YAML and is `PRIVITY_A_B` in the environment.
 */

import { PROVIDER_FIELDS } from './provider-fields.ts';

interface FieldBase {
  readonly meaning: string;
  readonly secret?: true;
}

export type Field =
  | (FieldBase & { readonly type: 'string'; readonly default: string; readonly oneOf?: readonly string[] })
  | (FieldBase & { readonly type: 'integer'; readonly default: number; readonly min: number; readonly max: number })
  | (FieldBase & { readonly type: 'boolean'; readonly default: boolean })
  | (FieldBase & { readonly type: 'strings'; readonly default: readonly string[] })
  /** A list of things that have fields of their own. In the environment it is JSON. */
  | (FieldBase & {
      readonly type: 'records';
      readonly default: readonly [];
      readonly fields: Readonly<Record<string, RecordField>>;
    });

/** A field of a record. */
export type RecordField = Exclude<Field, { readonly type: 'records' }>;

const port = { type: 'integer', min: 0, max: 65535 } as const;

export const CONFIG_FIELDS = {
  mode: {
    type: 'string',
    default: 'production',
    oneOf: ['development', 'production'],
    meaning:
      'development starts the embedded L1 node and identity provider and accepts the development reference string; production refuses them.',
  },
  dataDir: { type: 'string', default: '.privity', meaning: 'Folder of everything the node keeps.' },
  cacheDir: {
    type: 'string',
    default: '',
    meaning:
      'Folder for compiled circuits, proving keys and the reference string; empty means `cache` in dataDir. Nothing in it is private.',
  },
  genesisFile: {
    type: 'string',
    default: '',
    meaning: 'Published genesis file; empty in development, where it is made at first start.',
  },

  'http.host': { type: 'string', default: '127.0.0.1', meaning: 'Address to listen on.' },
  'http.port': { ...port, default: 8545, meaning: 'Port of API, RPC and pages.' },
  'http.publicUrl': {
    type: 'string',
    default: '',
    meaning: 'URL under which browsers reach the node; empty means http://localhost:<port>.',
  },
  'http.trustedProxies': {
    type: 'strings',
    default: [],
    meaning:
      'Reverse proxies in front, as IP addresses or networks (10.0.0.0/24): the X-Forwarded-For that they set or add to names the client. Empty trusts none; then all who come through a proxy share the limits of one address.',
  },
  'http.bodyBytesMax': {
    type: 'integer',
    default: 1_048_576,
    min: 1024,
    max: 16_777_216,
    meaning: 'Largest request body, in bytes.',
  },
  'http.metricsToken': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'Bearer token for /metrics; empty closes it to everybody.',
  },

  'l1.url': {
    type: 'string',
    default: 'http://127.0.0.1:8546',
    secret: true,
    meaning:
      'JSON-RPC of the Ethereum node. It may carry a credential, as providers want it; only its host is ever shown.',
  },
  'l1.chainId': {
    type: 'integer',
    default: 31337,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    meaning: 'Chain id the Ethereum node must have.',
  },
  'l1.chain': { type: 'string', default: '', meaning: 'Address of PrivityChain; empty in development.' },
  'l1.bridge': { type: 'string', default: '', meaning: 'Address of PrivityBridge; empty in development.' },
  'l1.governor': { type: 'string', default: '', meaning: 'Address of PolicyGovernor; empty in development.' },
  'l1.weth': {
    type: 'string',
    default: '',
    meaning:
      'Wrapped ether on Ethereum, as PrivityBridge names it; empty when it names none. Clients that ask the token vault are told it.',
  },
  'l1.startBlock': {
    type: 'integer',
    default: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    meaning: 'Ethereum block of the contracts: where the search for operations starts.',
  },
  'l1.confirmationsMin': {
    type: 'integer',
    default: 12,
    min: 0,
    max: 100_000,
    meaning: 'Blocks on top of an operation before the chain takes it.',
  },
  'l1.pollIntervalMs': {
    type: 'integer',
    default: 2000,
    min: 50,
    max: 600_000,
    meaning: 'Milliseconds between looks at Ethereum.',
  },
  'l1.maxFeeGwei': {
    type: 'integer',
    default: 200,
    min: 1,
    max: 100_000,
    meaning: 'Most that a settlement transaction pays a gas, in gwei.',
  },
  'l1.commitKeyFile': { type: 'string', default: '', secret: true, meaning: 'File with the key that commits batches.' },
  'l1.proveKeyFile': { type: 'string', default: '', secret: true, meaning: 'File with the key that submits proofs.' },
  'l1.executeKeyFile': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'File with the key that executes batches.',
  },

  'chain.id': {
    type: 'integer',
    default: 7_107,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    meaning: 'Chain id; must be that of the genesis file.',
  },
  'chain.blockIntervalMs': {
    type: 'integer',
    default: 200,
    min: 20,
    max: 60_000,
    meaning: 'Shortest time between blocks, in milliseconds.',
  },
  'chain.batchIntervalSeconds': {
    type: 'integer',
    default: 600,
    min: 1,
    max: 86_400,
    meaning: 'Seconds between seals. Must be that of the genesis file and of PrivityChain.',
  },
  'chain.proveDelaySlots': {
    type: 'integer',
    default: 3,
    min: 1,
    max: 10_000,
    meaning: 'A batch is proved and executed this many slots after its own (D).',
  },
  'chain.priorityDeadlineSeconds': {
    type: 'integer',
    default: 86_400,
    min: 1,
    max: 31_536_000,
    meaning: 'Age at which an unprocessed L1 operation stops commits; must be that of PrivityChain.',
  },
  'chain.mempoolTransactionsMax': {
    type: 'integer',
    default: 20_000,
    min: 1,
    max: 1_000_000,
    meaning: 'Accepted transactions that may wait.',
  },
  'chain.mempoolPerSenderMax': {
    type: 'integer',
    default: 64,
    min: 1,
    max: 10_000,
    meaning: 'Accepted transactions that may wait for one sender.',
  },
  'chain.nonceGapSecondsMax': {
    type: 'integer',
    default: 600,
    min: 1,
    max: 86_400,
    meaning: 'Seconds that a transaction waits for a missing nonce before it ends as a denial.',
  },
  'chain.nonceAheadMax': {
    type: 'integer',
    default: 256,
    min: 0,
    max: 100_000,
    meaning: 'How far a nonce may lie ahead of the account.',
  },
  'chain.denialsPerMinuteMax': {
    type: 'integer',
    default: 60,
    min: 1,
    max: 1_000_000,
    meaning: 'Denials that one sender may cause in a minute before it is answered busy.',
  },
  'chain.provingBacklogMaxGates': {
    type: 'integer',
    default: 2_000_000_000,
    min: 1_000_000,
    max: Number.MAX_SAFE_INTEGER,
    meaning: 'Gates accepted but not yet proven; past it the node answers busy.',
  },
  'chain.batchesPerProof': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 64,
    meaning: 'Batches that one proof on Ethereum covers.',
  },
  'chain.governanceDelaySeconds': {
    type: 'integer',
    default: 86_400,
    min: 1,
    max: 31_536_000,
    meaning: 'Seconds between approval and effect of what PolicyGovernor decides; used when development deploys it.',
  },
  'policy.file': { type: 'string', default: 'policies/minimal.yaml', meaning: 'The policy in force.' },
  'policy.moreFiles': {
    type: 'strings',
    default: [],
    meaning: 'Policies that may come into force or were in force: replay and a change on Ethereum need them.',
  },
  'policy.listFiles': {
    type: 'strings',
    default: [],
    meaning:
      'Members of lists that Ethereum approves, as `<list id>=<file>`; several files for one id while one root follows another.',
  },
  'policy.saltFile': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'File with the 32-byte salt of the policy root.',
  },

  'store.kind': { type: 'string', default: 'sqlite', oneOf: ['sqlite', 'postgres'], meaning: 'Database.' },
  'store.url': { type: 'string', default: '', secret: true, meaning: 'PostgreSQL connection string.' },
  'keys.kekFile': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'File with the 32-byte key-encryption key; outside dataDir in production.',
  },
  'keys.kekEnv': {
    type: 'string',
    default: '',
    meaning: 'Name of the environment variable that holds the key-encryption key, instead of a file.',
  },
  'keys.saltKeyFile': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'File with the key from which salts and blinds are derived.',
  },
  'keys.denialKeyFile': { type: 'string', default: '', secret: true, meaning: 'File with the key that signs denials.' },

  'keys.accessKeyFile': {
    type: 'string',
    default: '',
    secret: true,
    meaning: 'File with the key that signs wallet login challenges and login cookies.',
  },

  'oidc.providers': {
    type: 'records',
    default: [],
    fields: PROVIDER_FIELDS,
    meaning:
      'OpenID providers of the organisations whose people log in here. Empty in development runs one in process. A person is an issuer and its subject, never an e-mail address.',
  },
  'siwe.domains': {
    type: 'strings',
    default: [],
    meaning: 'Domains that may ask for a wallet login; empty means the public URL.',
  },
  'apps.redirects': {
    type: 'strings',
    default: [],
    meaning:
      'Applications that may ask people for access (the popup of the public SDK), as `<client id>=<redirect URI>`; several URIs for one id. https, or http on localhost. Their pages may call the API.',
  },
  'session.idleSeconds': {
    type: 'integer',
    default: 1800,
    min: 60,
    max: 86_400,
    meaning: 'Seconds without a request before a session ends.',
  },
  'session.absoluteSeconds': {
    type: 'integer',
    default: 43_200,
    min: 60,
    max: 2_592_000,
    meaning: 'Longest life of a session, in seconds.',
  },
  'session.walletUrlSeconds': {
    type: 'integer',
    default: 7_776_000,
    min: 60,
    max: 31_536_000,
    meaning:
      'Seconds until a wallet URL expires, and its owner has to take a new one. An application’s ends with its session.',
  },
  'rateLimit.authPerMinute': {
    type: 'integer',
    default: 100,
    min: 1,
    max: 10_000_000,
    meaning: 'Login requests a minute from one address.',
  },
  'rateLimit.publicPerMinute': {
    type: 'integer',
    default: 300,
    min: 1,
    max: 100_000_000,
    meaning: 'Requests without a login a minute from one address.',
  },
  'rateLimit.userPerMinute': {
    type: 'integer',
    default: 300,
    min: 1,
    max: 100_000_000,
    meaning: 'REST requests a minute for one user.',
  },
  'rateLimit.rpcPerMinute': {
    type: 'integer',
    default: 6000,
    min: 1,
    max: 100_000_000,
    meaning: 'RPC requests a minute for one session.',
  },

  'rpc.batchAnswerBytesMax': {
    type: 'integer',
    default: 16_777_216,
    min: 65_536,
    max: 268_435_456,
    meaning:
      'Bytes that the answers of one JSON-RPC batch may take together; requests past them are answered by an error.',
  },
  'rpc.logsBlockRangeMax': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    meaning: 'Blocks that one eth_getLogs may span.',
  },
  'rpc.logsBlocksReadMax': {
    type: 'integer',
    default: 1_000,
    min: 1,
    max: 100_000,
    meaning: 'Blocks with logs of the reader that one eth_getLogs may read.',
  },
  'rpc.logsMax': {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 1_000_000,
    meaning: 'Logs that one eth_getLogs may return.',
  },
  'rpc.logsAnswerBytesMax': {
    type: 'integer',
    default: 8_388_608,
    min: 65_536,
    max: 268_435_456,
    meaning: 'Bytes that one answer of eth_getLogs may take.',
  },
  'rpc.logsAtOnceMax': {
    type: 'integer',
    default: 4,
    min: 1,
    max: 64,
    meaning:
      'Readers whose eth_getLogs are answered at the same time; each reader is answered one request after the other.',
  },
  'rpc.callWorkers': {
    type: 'integer',
    default: 2,
    min: 1,
    max: 16,
    meaning: 'Threads that run eth_call and eth_estimateGas; each takes some 60 MB once it is used.',
  },
  'rpc.callQueueMax': {
    type: 'integer',
    default: 64,
    min: 1,
    max: 10_000,
    meaning: 'Calls that may wait for such a thread; more are answered "busy".',
  },
  'rpc.callTimeoutMs': {
    type: 'integer',
    default: 5_000,
    min: 100,
    max: 60_000,
    meaning: 'Milliseconds after which a call is cut off.',
  },

  'prover.workers': {
    type: 'integer',
    default: 1,
    min: 0,
    max: 64,
    meaning:
      'Proofs made at the same time on this machine, up to 3 GB each; one alone does not keep two cores busy. 0 proves nothing, so batches are sealed and committed but not settled.',
  },
  'prover.proofTimeoutMs': {
    type: 'integer',
    default: 900_000,
    min: 10_000,
    max: 86_400_000,
    meaning: 'Longest time one proof may take.',
  },
  'prover.attemptsMax': {
    type: 'integer',
    default: 3,
    min: 1,
    max: 100,
    meaning:
      'Failures of a proving job before it is poisoned and settlement stops. A job whose process ends may be taken up ten times as often.',
  },
  'prover.string': {
    type: 'string',
    default: 'development',
    meaning: '`development` (insecure, public seed) or the folder of an imported reference string.',
  },
  'log.level': {
    type: 'string',
    default: 'info',
    oneOf: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    meaning: 'Lowest level that is logged.',
  },
} as const satisfies Record<string, Field>;

export type ConfigPath = keyof typeof CONFIG_FIELDS;

type ValueOf<F extends Field> = F extends { type: 'integer' }
  ? number
  : F extends { type: 'boolean' }
    ? boolean
    : F extends { type: 'strings' }
      ? readonly string[]
      : F extends { type: 'records'; fields: infer Fields extends Record<string, RecordField> }
        ? readonly { readonly [N in keyof Fields]: ValueOf<Fields[N]> }[]
        : string;

export type Config = { readonly [P in ConfigPath]: ValueOf<(typeof CONFIG_FIELDS)[P]> };

export type ProviderConfig = Config['oidc.providers'][number];

export const environmentName = (path: string): string =>
  `PRIVITY_${path
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
