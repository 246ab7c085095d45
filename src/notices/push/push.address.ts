import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export const resolveByOperatingSystem: Resolve = (hostname) => lookup(hostname, { all: true });

/** The registries of special addresses: IANA iana-ipv4-special-registry, and multicast. */
const HIDDEN_V4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]);
/** Of IPv6 only global unicast is public, without what carries an IPv4 address or is for documentation. */
const GLOBAL_V6 = listOf('ipv6', [['2000::', 3]]);
const HIDDEN_V6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);

function listOf(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, family);
  return list;
}

/** Whether an address lies on the public network: neither this machine, nor its neighbours, nor a cloud's metadata. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !HIDDEN_V4.check(address, 'ipv4');
    case 6:
      return GLOBAL_V6.check(address, 'ipv6') && !HIDDEN_V6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** The endpoint as an address that may be asked at all, or null. Where its name leads is another question. */
export function parseEndpoint(endpoint: string, privateAllowed: boolean): URL | null {
  if (!URL.canParse(endpoint)) return null;
  const url = new URL(endpoint);
  const schemes = privateAllowed ? ['https:', 'http:'] : ['https:'];
  if (!schemes.includes(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const host = hostOf(url);
  return privateAllowed || isIP(host) === 0 || isPublicAddress(host) ? url : null;
}

/** Without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

export class HiddenAddress extends Error {
  override readonly name = 'HiddenAddress';
}

/**
 * @throws HiddenAddress when any address of the name is not public: a name with one foot in the private network is meant
 * to be asked twice
 */
export async function resolvePublic(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  const found = isIP(hostname) ? [{ address: hostname, family: isIP(hostname) }] : await resolve(hostname);
  if (found.length === 0) throw new Error(`${hostname} has no address`);
  if (!found.every(({ address }) => isPublicAddress(address)))
    throw new HiddenAddress(`${hostname} leads to an address that is not public`);
  return found;
}

/**
 * For a request: the address that was looked at is the one that is connected to, so that a name cannot lead elsewhere in
 * between.
 */
export function guardedLookup(resolve: Resolve, privateAllowed: boolean): LookupFunction {
  return (hostname, options, callback) => {
    const finding = privateAllowed ? resolve(hostname) : resolvePublic(hostname, resolve);
    finding.then(
      (found) => {
        if (options.all) callback(null, [...found]);
        else callback(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}
