/** What the dynamic-security plugin of Mosquitto is told, as data. Pure; the driver sends it. */

/** The filters of one account; the plugin cannot tell a retained message from another. */
export interface AccountRights {
  readonly username: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export interface BrokerAccount extends AccountRights {
  readonly password: string;
  /** Otherwise the client id must equal the username. */
  readonly anyClientId?: boolean;
}

export interface Acl {
  readonly acltype: 'publishClientSend' | 'publishClientReceive' | 'subscribePattern';
  readonly topic: string;
  readonly allow: boolean;
  readonly priority?: number;
}

export type Command = { readonly command: string } & Readonly<Record<string, unknown>>;

/** Roles with this before the username are ours; accounts without one are somebody else's and are left alone. */
const ROLE_PREFIX = 'vang-';
export const roleOf = (username: string): string => `${ROLE_PREFIX}${username}`;
export const ownerOf = (role: string): string | null =>
  role.startsWith(ROLE_PREFIX) ? role.slice(ROLE_PREFIX.length) : null;

export function aclsOf({ publish, subscribe }: AccountRights): Acl[] {
  const entry = (acltype: Acl['acltype'], topic: string): Acl => ({ acltype, topic, priority: 0, allow: true });
  return [
    ...publish.map((topic) => entry('publishClientSend', topic)),
    ...subscribe.map((topic) => entry('subscribePattern', topic)),
    ...subscribe.map((topic) => entry('publishClientReceive', topic)),
  ];
}

/** Nothing is allowed that no role allows. Anybody may give up a subscription. */
export const DENY_BY_DEFAULT: Command = {
  command: 'setDefaultACLAccess',
  acls: [
    { acltype: 'publishClientSend', allow: false },
    { acltype: 'publishClientReceive', allow: false },
    { acltype: 'subscribe', allow: false },
    { acltype: 'unsubscribe', allow: true },
  ],
};

/** Whatever was there under this name ends, its session too; then it is made anew. */
export function makingOf(account: BrokerAccount): Command[] {
  const { username, password, anyClientId } = account;
  const rolename = roleOf(username);
  return [
    ...endOf(username),
    { command: 'createRole', rolename, acls: aclsOf(account) },
    {
      command: 'createClient',
      username,
      password,
      ...(anyClientId ? {} : { clientid: username }),
      roles: [{ rolename, priority: 0 }],
    },
  ];
}

/** Disabled first: should deleting fail, the door is shut all the same. */
export function endOf(username: string): Command[] {
  return [
    { command: 'disableClient', username },
    { command: 'deleteClient', username },
    { command: 'deleteRole', rolename: roleOf(username) },
  ];
}

/** Sessions that have the role are ended by the plugin and come back with the new rights. */
export const changeOf = (rights: AccountRights): Command => ({
  command: 'modifyRole',
  rolename: roleOf(rights.username),
  acls: aclsOf(rights),
});

/** @returns whether both allow the same, in whatever order they are listed */
export function sameAcls(left: readonly Acl[], right: readonly Acl[]): boolean {
  const text = (acls: readonly Acl[]) =>
    acls
      .map(({ acltype, topic, allow }) => `${acltype} ${allow} ${topic}`)
      .sort()
      .join('\n');
  return text(left) === text(right);
}

/**
 * Groups of commands that belong together, in messages of bounded size: the broker stands still while it works one off.
 * @param mostBytes of JSON; a group that is larger alone goes alone
 */
export function batchesOf(groups: readonly Command[][], most: number, mostBytes: number): Command[][] {
  const batches: Command[][] = [];
  let bytes = 0;
  for (const group of groups) {
    const size = Buffer.byteLength(JSON.stringify(group));
    const last = batches.at(-1);
    if (last && last.length + group.length <= most && bytes + size <= mostBytes) {
      last.push(...group);
      bytes += size;
    } else {
      batches.push([...group]);
      bytes = size;
    }
  }
  return batches;
}
