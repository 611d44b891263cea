import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type CliContext, type Command, text } from './command.ts';
import { createNodeClient, type NodeClient, noAnswer, Refused } from './node-client.ts';

const userSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  disabled: z.boolean(),
  sessions: z.number(),
  roles: z.array(z.object({ roleName: z.string() })),
  wallets: z.array(z.object({ walletAddress: z.string() })),
});
const pageSchema = z.object({ items: z.array(userSchema), next: z.string().nullable() });
const sessionsSchema = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      application: z.string().nullable(),
      createdAt: z.string(),
      lastUsedAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
});

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const help = `--token-file is a file with the token of an administrator's session; NODE/auth/terminal makes one in a browser. NODE is the URL of a running\nnode: https, or http on this machine.`;

/** As the node wants it. */
const reasonCharactersMin = 3;

interface Order {
  readonly name: string;
  readonly summary: string;
  /** What is named on the command line after the node. */
  readonly of: readonly ('USER' | 'WALLET')[];
  readonly wantsReason: boolean;
  run(client: NodeClient, context: CliContext, said: Said): Promise<void>;
}

interface Said {
  readonly user: string;
  readonly wallet: string;
  readonly reason: string;
}

const MEANING = {
  USER: ' USER is an id as `privity users list` prints it.',
  WALLET: ' WALLET is an address as `privity users wallets` prints it.',
};

function userCommand({ name, summary, of, wantsReason, run }: Order): Command {
  const meanings = of.map((word) => MEANING[word]).join('');
  const usage = `privity ${[name, 'NODE', ...of].join(' ')}${wantsReason ? ' --reason TEXT' : ''} --token-file FILE\n\n${help}${meanings}${wantsReason ? ` TEXT has ${reasonCharactersMin} characters\nor more and stands in the audit log.` : ''}`;
  return {
    name,
    summary,
    usage,
    options: { 'token-file': { type: 'string' }, ...(wantsReason ? { reason: { type: 'string' } as const } : {}) },
    async run({ positionals, values }, context) {
      const [node, ...named] = positionals;
      const [user = '', wallet = ''] = named.map(encodeURIComponent);
      const file = text(values['token-file']);
      const reason = text(values['reason'])?.trim() ?? '';
      const isUsed = node !== undefined && named.length === of.length && !named.includes('') && file !== undefined;
      if (!isUsed || !isReachable(node) || (wantsReason && reason.length < reasonCharactersMin)) {
        context.printError(usage);
        return 2;
      }
      try {
        const token = readFileSync(file, 'utf8').trim();
        await run(createNodeClient(node, context.signal, token), context, { user, wallet, reason });
        return 0;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        context.printError(`privity ${name}: ${error.message}`);
        return 1;
      }
    },
  };
}

/** The token is not sent over a network that can read it. */
function isReachable(node: string): boolean {
  if (!URL.canParse(node)) return false;
  const { protocol, hostname } = new URL(node);
  return protocol === 'https:' || (protocol === 'http:' && LOCAL_HOSTS.includes(hostname));
}

/** Who somebody is comes from elsewhere: nothing in a name may move the cursor or look like another row. */
const printable = (name: string): string => name.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?');

const list = userCommand({
  name: 'users list',
  summary: 'Lists the people whom a running node knows: id, state, number of sessions, roles, name.',
  of: [],
  wantsReason: false,
  async run(client, { print }) {
    let next: string | null = '';
    while (next !== null) {
      const page: z.infer<typeof pageSchema> = await client.get(
        `/api/users?limit=1000${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`,
        pageSchema,
      );
      for (const { id, disabled, sessions, roles, displayName } of page.items) {
        const named = roles.map(({ roleName }) => roleName).join() || '-';
        print(`${id}  ${disabled ? 'disabled' : 'enabled '}  ${sessions}  ${named}  ${printable(displayName)}`);
      }
      next = page.next;
    }
  },
});

const sessions = userCommand({
  name: 'users sessions',
  summary: 'Lists the sessions of a person: id, method, application, when it was opened, last used and ends.',
  of: ['USER'],
  wantsReason: false,
  async run(client, { print }, { user }) {
    const { items } = await client.get(`/api/admin/sessions?userId=${user}`, sessionsSchema);
    for (const { id, method, application, createdAt, lastUsedAt, expiresAt } of items) {
      print(`${id}  ${method}  ${printable(application ?? '-')}  ${createdAt}  ${lastUsedAt}  ${expiresAt}`);
    }
  },
});

const wallets = userCommand({
  name: 'users wallets',
  summary: 'Lists the wallets of a person.',
  of: ['USER'],
  wantsReason: false,
  async run(client, { print }, { user }) {
    const person = await client.get(`/api/users/${user}`, userSchema);
    for (const { walletAddress } of person.wallets) print(walletAddress);
  },
});

const order = (
  name: string,
  summary: string,
  pathOf: (said: Said) => string,
  done: string,
  of: Order['of'] = ['USER'],
): Command =>
  userCommand({
    name,
    summary,
    of,
    wantsReason: true,
    async run(client, { print }, said) {
      await client.post(pathOf(said), { reason: said.reason }, noAnswer);
      print(done);
    },
  });

/** People, their sessions and their wallets on a running node, by whoever has an administrator's session. */
export const userCommands: readonly Command[] = [
  list,
  sessions,
  wallets,
  order(
    'users end-sessions',
    'Ends every session and wallet URL of a person, at once. They may log in again.',
    ({ user }) => `/api/admin/sessions/revoke-all?userId=${user}`,
    'Every session and wallet URL of this person has ended.',
  ),
  order(
    'users disable',
    'Ends every session and wallet URL of a person, at once, and refuses their logins.',
    ({ user }) => `/api/users/${user}/disable`,
    'This person is disabled, and everything they were let in by has ended.',
  ),
  order(
    'users enable',
    'Lets a disabled person log in again. What was ended stays ended.',
    ({ user }) => `/api/users/${user}/enable`,
    'This person may log in again.',
  ),
  order(
    'users unlink',
    'Takes a wallet from a person, a disabled one too, and ends every session and wallet URL of theirs.',
    ({ user, wallet }) => `/api/users/${user}/wallets/${wallet}/unlink`,
    'The wallet is not linked any more, and everything this person was let in by has ended.',
    ['USER', 'WALLET'],
  ),
];
