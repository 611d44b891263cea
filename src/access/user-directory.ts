import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { accessError } from './errors.ts';
import type { User, UserDirectory, UserDraft, UserStore } from './port.ts';

/** All users, in memory and written through: whoever asks never sees an answer older than the last change. */
export async function createUserDirectory(deps: { store: UserStore; clock: Clock }): Promise<UserDirectory> {
  const { store, clock } = deps;
  const users = new Map<string, User>();
  const idByIdentity = new Map<string, string>();
  const idByWallet = new Map<string, string>();
  const listeners: ((user: User) => void)[] = [];
  // Changes are made one after the other: two first logins of one person must not make two users.
  let queue: Promise<unknown> = Promise.resolve();

  const index = (user: User) => {
    for (const wallet of users.get(user.id)?.wallets ?? []) idByWallet.delete(wallet);
    users.set(user.id, user);
    idByIdentity.set(identityKey(user.issuer, user.subject), user.id);
    for (const wallet of user.wallets) idByWallet.set(wallet, user.id);
  };
  const publish = (user: User) => {
    index(user);
    for (const listener of listeners) listener(user);
  };
  const byIdentity = (issuer: string, subject: string) =>
    users.get(idByIdentity.get(identityKey(issuer, subject)) ?? '');
  const serialize = <T>(task: () => Promise<T>): Promise<T> => {
    const run = queue.then(task);
    queue = run.catch(() => undefined);
    return run;
  };

  /** A person takes over a wallet that so far logged in on its own, unless it was disabled; nobody takes one from a person. */
  const ownersToReplace = (wallets: readonly Hex[], source: User['source'], known: User | undefined): User[] => {
    const owners = new Set(wallets.map((wallet) => users.get(idByWallet.get(wallet) ?? '')));
    return [...owners].filter((owner): owner is User => {
      if (owner === undefined || owner.id === known?.id) return false;
      if (owner.source === 'siwe' && source === 'oidc' && !owner.disabled) return true;
      throw accessError('WALLET_TAKEN', 'linked to another user');
    });
  };
  const takeFrom = async (owners: readonly User[], wallets: readonly Hex[], updatedAt: number): Promise<void> => {
    for (const owner of owners) {
      const without = {
        ...users.get(owner.id)!,
        wallets: owner.wallets.filter((wallet) => !wallets.includes(wallet)),
        updatedAt,
      };
      publish(without);
      await store.update(without);
    }
  };

  for (const user of await store.all()) index(user);

  return {
    byId: (id) => users.get(id),
    byIdentity,
    byWallet: (wallet) => users.get(idByWallet.get(wallet.toLowerCase()) ?? ''),
    onChange: (listener) => void listeners.push(listener),
    save: (draft) =>
      serialize(async () => {
        const known = byIdentity(draft.issuer, draft.subject);
        const wallets = normalized(draft.wallets ?? known?.wallets ?? []);
        const former = ownersToReplace(wallets, draft.source, known);
        if (known !== undefined && sameContent(known, { ...draft, wallets })) return known;
        const now = clock.now();
        const content = {
          ...draft,
          wallets,
          disabled: known?.disabled ?? false,
          createdAt: known?.createdAt ?? now,
          updatedAt: now,
        };
        await takeFrom(former, wallets, now);
        const user = known === undefined ? await store.create(content) : { ...content, id: known.id };
        if (known !== undefined) await store.update(user);
        // Somebody may have disabled the user while this was written.
        const disabled = users.get(user.id)?.disabled ?? false;
        publish({ ...user, disabled });
        return { ...user, disabled };
      }),
    changeWallets: (id, change) =>
      serialize(async () => {
        const known = users.get(id);
        if (known === undefined || known.disabled) throw accessError('LOGIN_NOT_PERMITTED', 'gone or disabled');
        const wallets = normalized(change(known.wallets));
        const former = ownersToReplace(wallets, known.source, known);
        if (wallets.join() === known.wallets.join()) return known;
        const updatedAt = clock.now();
        await takeFrom(former, wallets, updatedAt);
        await store.update({ ...known, wallets, updatedAt });
        // Read again: somebody may have disabled the user while this was written.
        publish({ ...users.get(id)!, wallets, updatedAt });
        return users.get(id)!;
      }),
    disable: (id) => {
      const disabled = (user: User): User => ({ ...user, disabled: true, updatedAt: clock.now() });
      const user = users.get(id);
      if (user !== undefined) publish(disabled(user));
      return serialize(async () => {
        // Read again: a change that was under way may have published the user without the mark.
        const current = users.get(id);
        if (current === undefined) return;
        if (!current.disabled) publish(disabled(current));
        await store.update(users.get(id)!);
      });
    },
  };
}

const normalized = (wallets: readonly Hex[]): Hex[] =>
  [...new Set(wallets.map((wallet) => wallet.toLowerCase() as Hex))].sort();

const identityKey = (issuer: string, subject: string): string => JSON.stringify([issuer, subject]);

const sameContent = (user: User, draft: UserDraft & Pick<User, 'wallets'>): boolean =>
  user.displayName === draft.displayName &&
  user.source === draft.source &&
  user.roles.join() === draft.roles.join() &&
  user.wallets.join() === draft.wallets.join();
