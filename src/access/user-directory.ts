import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { accessError } from './errors.ts';
import type { Act, User, UserDirectory, UserDraft, UserStore } from './port.ts';

/** All users, in memory and written through: whoever asks never sees an answer older than the last change. */
export async function createUserDirectory(deps: { store: UserStore; clock: Clock }): Promise<UserDirectory> {
  const { store, clock } = deps;
  const users = new Map<string, User>();
  const idByIdentity = new Map<string, string>();
  const idByWallet = new Map<string, string>();
  const listeners: ((user: User) => void)[] = [];
  /** As the store has them: what is taken away in memory first is written by who takes it, with the record of the act. */
  const written = new Map<string, User>();
  const timesDisabled = new Map<string, number>();
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
  const write = async (user: User, act?: Act): Promise<void> => {
    await store.update(user, act);
    written.set(user.id, user);
  };
  const writeContent = (user: User, act?: Act): Promise<void> => {
    const { disabled, generation } = written.get(user.id)!;
    return write({ ...user, disabled, generation }, act);
  };

  const takeFrom = async (owners: readonly User[], wallets: readonly Hex[], updatedAt: number): Promise<void> => {
    for (const owner of owners) {
      const present = users.get(owner.id)!;
      const without = {
        ...present,
        wallets: owner.wallets.filter((wallet) => !wallets.includes(wallet)),
        generation: present.generation + 1,
        updatedAt,
      };
      publish(without);
      await write({ ...without, disabled: written.get(owner.id)!.disabled });
    }
  };

  /** Takes something away: in this call, then durably, once whatever is under way has been written. */
  const take = async (id: string, what: Partial<User>, act?: Act): Promise<void> => {
    const before = users.get(id);
    if (before === undefined) return;
    const generation = before.generation + 1;
    const taken = (user: User): User => ({
      ...user,
      ...what,
      generation: Math.max(user.generation, generation),
      updatedAt: clock.now(),
    });
    publish(taken(before));
    await serialize(async () => {
      // Read again: a change that was under way may have published the user without this one.
      publish(taken(users.get(id)!));
      await write(users.get(id)!, act);
    });
  };

  for (const user of await store.all()) {
    index(user);
    written.set(user.id, user);
  }

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
        // What is taken away is gone before that is written. Whoever keeps no role has the new ones by then: to have none would end sessions.
        const kept = known?.roles.filter((role) => draft.roles.includes(role)) ?? [];
        if (known !== undefined) publish({ ...known, roles: kept.length > 0 ? kept : draft.roles });
        await takeFrom(former, wallets, now);
        const content = { ...draft, wallets, updatedAt: now };
        if (known === undefined) {
          const user = await store.create({ ...content, disabled: false, generation: 0, createdAt: now });
          written.set(user.id, user);
          publish(user);
          return user;
        }
        await writeContent({ ...known, ...content });
        // Read again: somebody may have disabled the user, or ended their sessions, while this was written.
        publish({ ...users.get(known.id)!, ...content });
        return users.get(known.id)!;
      }),
    changeWallets: (id, change, act) =>
      serialize(async () => {
        const known = users.get(id);
        if (known === undefined) throw accessError('LOGIN_NOT_PERMITTED', 'gone');
        const wallets = normalized(change(known.wallets));
        if (known.disabled && wallets.some((wallet) => !known.wallets.includes(wallet)))
          throw accessError('LOGIN_NOT_PERMITTED', 'disabled');
        const former = ownersToReplace(wallets, known.source, known);
        if (wallets.join() === known.wallets.join()) return known;
        const updatedAt = clock.now();
        await takeFrom(former, wallets, updatedAt);
        // A session does not say which wallet opened it, or made the session or the wallet URL that it was handed: all of them end.
        const ends = known.wallets.every((wallet) => wallets.includes(wallet)) ? 0 : 1;
        const changed = { ...known, wallets, updatedAt, disabled: written.get(id)!.disabled };
        await write({ ...changed, generation: ends + (ends > 0 ? known : written.get(id)!).generation }, act);
        // Read again: somebody may have disabled the user, or ended their sessions, while this was written; that is written next.
        const present = users.get(id)!;
        publish({ ...present, wallets, updatedAt, generation: present.generation + ends });
        return users.get(id)!;
      }),
    all: () => users.values(),
    endSessions: (id, act) => take(id, {}, act),
    async disable(id, act) {
      const times = (timesDisabled.get(id) ?? 0) + 1;
      timesDisabled.set(id, times);
      try {
        await take(id, { disabled: true }, act);
      } catch (error) {
        // The mark goes where its record does not come, unless somebody has set it again; what was ended stays so.
        if (timesDisabled.get(id) === times) publish({ ...users.get(id)!, disabled: written.get(id)!.disabled });
        throw error;
      }
    },
    refuse: (id) => take(id, { roles: [] }),
    enable: (id, act) =>
      serialize(async () => {
        const user = users.get(id);
        if (user?.disabled !== true) return;
        const times = timesDisabled.get(id);
        const now = { disabled: false, generation: user.generation + 1, updatedAt: clock.now() };
        await write({ ...user, ...now }, act);
        // Unless somebody disabled the user again while this was written; that is written next.
        if (timesDisabled.get(id) === times)
          publish({ ...users.get(id)!, ...now, generation: Math.max(users.get(id)!.generation, now.generation) });
      }),
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
