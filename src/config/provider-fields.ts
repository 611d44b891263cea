import type { RecordField } from './schema.ts';

const strings = (meaning: string) => ({ type: 'strings', default: [], meaning }) as const;

/** One of `oidc.providers`. Fields of `roles` and `subjects` are the console roles; the wiring does not compile when they differ. */
export const PROVIDER_FIELDS = {
  id: {
    type: 'string',
    default: '',
    meaning:
      'Short name, [a-z0-9-]. The redirect URI to register at the provider is <http.publicUrl>/auth/callback/<id>, the one after a logout <http.publicUrl>/auth/signed-out.',
  },
  name: { type: 'string', default: '', meaning: 'The organisation, as its people know it; empty means the id.' },
  issuer: {
    type: 'string',
    default: '',
    meaning:
      'Issuer, letter for letter as the provider writes it, with path or tenant. One that stands for many tenants is refused at the first login.',
  },
  clientId: { type: 'string', default: 'privity', meaning: 'Client id at the provider.' },
  clientSecretFile: { type: 'string', default: '', secret: true, meaning: 'File with the client secret.' },
  clientAuthentication: {
    type: 'string',
    default: 'client_secret_basic',
    oneOf: ['client_secret_basic', 'client_secret_post', 'none'],
    meaning: 'How the node shows at the token endpoint that it is the client; `none` is a public client.',
  },
  scopes: {
    ...strings('Scopes to ask for; some providers give groups for one of their own only.'),
    default: ['openid', 'profile', 'email'],
  },
  audiences: strings('Audiences beside the client id that an ID token may name. A token for anybody else is refused.'),
  emailDomains: strings(
    'E-mail domains of the organisation: who types such an address at the login page is sent to this provider.',
  ),
  isListed: {
    type: 'boolean',
    default: true,
    meaning: 'Whether the login page names the organisation. Otherwise its people get there by their e-mail address.',
  },
  rolesClaim: {
    type: 'string',
    default: 'privity_roles',
    meaning: 'Claim of the ID token that lists roles or groups; dots reach into objects (`realm_access.roles`).',
  },
  'roles.operator': strings(
    'Names in that claim that make an operator. While all lists of `roles` and `subjects` are empty, names stand for themselves.',
  ),
  'roles.registrar': strings('Names in that claim that make a registrar.'),
  'roles.compliance': strings('Names in that claim that make a compliance officer.'),
  'roles.auditor': strings('Names in that claim that make an auditor.'),
  'roles.customer': strings('Names in that claim that make a customer.'),
  admission: {
    type: 'string',
    default: 'just-in-time',
    oneOf: ['just-in-time', 'listed'],
    meaning:
      'just-in-time: whoever has a role by the claim becomes a user at the first login. listed: only the subjects in `subjects`, whatever the claim says.',
  },
  'subjects.operator': strings('Subjects at this provider who are operators, whatever the claim says.'),
  'subjects.registrar': strings('Subjects who are registrars.'),
  'subjects.compliance': strings('Subjects who are compliance officers.'),
  'subjects.auditor': strings('Subjects who are auditors.'),
  'subjects.customer': strings('Subjects who are customers.'),
  clockToleranceSeconds: {
    type: 'integer',
    default: 30,
    min: 0,
    max: 300,
    meaning: 'By how many seconds the clock of the provider may differ from ours.',
  },
} as const satisfies Record<string, RecordField>;
