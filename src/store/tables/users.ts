import { associatedData } from '../envelope/associated-data.ts';
import type { UserReader, UserRecord, UserWriter } from '../port.ts';
import { PERSONAL_TABLES, type ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import { createPersonalRows, subjectOf } from './personal-rows.ts';
import type { TableContext } from './table-context.ts';

const identityIndex = (context: TableContext, identity: UserRecord['identity']) =>
  identity === null ? null : context.blindIndex('user identity', associatedData(identity.issuer, identity.subject));

export function createUserReader(context: TableContext, db: ReadHandle): UserReader {
  const users = createPersonalRows<UserRecord>(context, 'users');
  return {
    byId: (id) => users.get(db, subjectOf(id)),
    byIdentity: (issuer, subject) => users.getByLookup(db, identityIndex(context, { issuer, subject })!),
    all: () => users.all(db),
  };
}

export function createUserWriter(context: TableContext, scope: WriteScope): UserWriter {
  const users = createPersonalRows<UserRecord>(context, 'users');
  return {
    ...createUserReader(context, scope.db),
    create: async (input) => {
      const subject = await context.subjects.create(scope);
      const user: UserRecord = { ...input, id: Buffer.from(subject).toString('hex') };
      await users.insert(scope, { id: subject, owner: subject, lookup: identityIndex(context, user.identity) }, user);
      return user;
    },
    update: (user) => {
      const subject = subjectOf(user.id);
      return users.replace(scope, { id: subject, owner: subject, lookup: identityIndex(context, user.identity) }, user);
    },
    erase: async (id) => {
      const subject = subjectOf(id);
      for (const table of PERSONAL_TABLES) await context.rows[table].removeOwned(scope, subject);
      await context.subjects.destroy(scope, subject);
      scope.scrubAfterCommit();
    },
  };
}
